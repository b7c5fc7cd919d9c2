"""Turns papers and their annotated entities into RDF, and RDF into releases."""

__version__ = "0.1.0"
