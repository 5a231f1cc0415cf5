"""Escalations: threads are watched, a manager hears once, and somebody always answers."""
