"""toughcustomer: the right tactic card for a difficult customer, in Slack."""

from bot.time_zones import use_newest_rules

__version__ = "0.1.0"
use_newest_rules()
