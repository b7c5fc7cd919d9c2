"""What the readers of XML share."""
