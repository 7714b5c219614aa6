"""TensorBoard over runs, and event files of what they logged."""
