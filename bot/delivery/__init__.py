"""Messages that must arrive: planned with the decision that caused them, posted once, looked for when in doubt."""
