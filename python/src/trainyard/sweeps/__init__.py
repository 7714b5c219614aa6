"""Sweeps: azureml.train.hyperdrive."""
