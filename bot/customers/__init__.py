"""Customers by their names: one name in all its spellings (`spelling`), and whom a thread is about (`names`)."""
