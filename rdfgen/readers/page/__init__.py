"""Reader of Markdown paper pages."""
