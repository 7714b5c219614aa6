"""A place of the SDK that libraries reach into to tell Azure their name."""
