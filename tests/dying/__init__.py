"""Orders and presses under which the bot dies, at every statement that it gives to its database."""
