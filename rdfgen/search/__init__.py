"""The search index of a release: how text is compared, and how the index is made and checked."""
