"""The code that is sent with a job: a folder as a snapshot, and what git says of it."""
