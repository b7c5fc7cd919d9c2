"""Reader of JATS, the XML of PubMed Central."""
