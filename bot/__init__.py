"""toughcustomer: the right tactic card for a difficult customer, in Slack."""

__version__ = "0.1.0"
