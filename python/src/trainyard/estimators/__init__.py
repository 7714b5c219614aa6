"""azureml's older way to say what a script needs: azureml.train."""
