"""The import names of the Azure ML SDK v1, spoken by Trainyard. Everything is made in the `trainyard` package."""
