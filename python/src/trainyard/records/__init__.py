"""What a run logs: from the values that people give to lines in a file, or on their way to the server."""
