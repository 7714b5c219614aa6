"""The import names of the Azure ML SDK v1, spoken by Trainyard. Everything is made in the `trainyard` package."""

from trainyard.absent_modules import explain_absent_modules

explain_absent_modules()
