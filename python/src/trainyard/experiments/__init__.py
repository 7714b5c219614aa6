"""Experiments, and how something is submitted to one."""
