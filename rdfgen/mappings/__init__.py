"""Mappings between vocabularies: SSSOM files (https://mapping-commons.github.io/sssom/) in and out."""
