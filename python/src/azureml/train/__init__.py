"""`azureml.train`: estimators and sweeps."""
