"""The patterns of phrases that date something, by kind."""
