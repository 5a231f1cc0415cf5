"""Slack's side of things: the Bolt app, what arrives, what goes out, and the limits of both."""
