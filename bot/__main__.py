"""``python -m bot`` is ``toughcustomer``."""

from bot.cli import main

main()
