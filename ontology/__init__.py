"""Our vocabulary, its SHACL shapes, its JSON-LD context and example queries, as data files."""
