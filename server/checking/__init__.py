"""Checking a running service by the published rules of those who score such services; nothing else of the server is used."""
