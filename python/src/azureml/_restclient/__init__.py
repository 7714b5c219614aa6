"""Places of the SDK that scripts reach into: how large a snapshot may be, and the states of runs."""
