"""Scripts set this to send bigger source folders."""

SNAPSHOT_MAX_SIZE_BYTES = 2 * 1024**3
"""In bytes; also TRAINYARD_SNAPSHOT_MAX_BYTES."""
