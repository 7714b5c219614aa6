"""RunDetails: a run as it goes on, in notebooks and elsewhere."""
