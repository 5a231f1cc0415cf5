"""A folder of cards into a playbook, or all its mistakes."""
