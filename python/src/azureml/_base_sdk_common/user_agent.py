"""`user_agent.append(name, version)`: accepted, and told to nobody."""


def append(name: str, version: object = None) -> None:
    """Accepted, and without effect."""
