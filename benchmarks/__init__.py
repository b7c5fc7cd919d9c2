"""Measurements against named peers, as ratios from one run on one machine."""
