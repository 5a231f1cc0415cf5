"""A feature that does not ship: `praise`. It shows, and proves, that a feature is one folder and one line."""
