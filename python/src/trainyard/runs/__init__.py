"""Runs: their record, their files, their control, and a job seen from inside."""
