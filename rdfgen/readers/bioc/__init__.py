"""Readers of BioC, in JSON and in XML."""
