"""Searching the index of a release: from what somebody typed to ranked things; knows no HTTP but its problems."""
