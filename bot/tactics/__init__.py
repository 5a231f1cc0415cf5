"""Tactic cards: what they say (`model`, `loader`), how the fitting one is found (`search`), how it looks in Slack."""
