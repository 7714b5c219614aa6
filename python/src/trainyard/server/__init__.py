"""How the client finds its server and speaks to it."""
