"""Releases: directories that never change once published; building, publishing and verifying them."""
