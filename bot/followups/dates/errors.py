"""The question that stands in the place of a date that could not be relied on."""

TRY = 'Try "friday 3pm", "in 2 hours", "tomorrow 9:00" or "2026-12-04 15:00".'


class NotUnderstood(Exception):
    """
    No date that could be relied on. *error* is "none", "past" or "ambiguous"; *ask* is what to ask the person.

    *ask* may hold the person's own words.
    """

    def __init__(self, error: str, ask: str) -> None:
        super().__init__(error)
        self.error = error
        self.ask = ask


def unclear(why: str) -> NotUnderstood:
    """The question where a date could mean more than one; *why* is a sentence."""
    return NotUnderstood("ambiguous", f"{why} When exactly? {TRY}")
