"""What is submitted, and how it is to run."""
