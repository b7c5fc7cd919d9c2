"""Reader of PubMed XML."""
