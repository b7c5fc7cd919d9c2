"""Readers of PubTator's text and of PubTator3's bulk files."""
