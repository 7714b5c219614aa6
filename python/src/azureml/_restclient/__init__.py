"""A place of the SDK that scripts reach into to raise the size that a snapshot may have."""
