"""Where jobs run: the submitting machine and clusters."""
