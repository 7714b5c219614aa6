"""`azureml.contrib`: only TensorBoard's older place is here."""
