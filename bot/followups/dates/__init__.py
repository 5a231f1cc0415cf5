"""Dates in texts: an engine behind one door. `read` finds the one date in a text, or asks."""
