"""Slack on this machine: Web API, Socket Mode, signed HTTP, and a page to use it in. Strict where Slack is strict."""
