"""The forms of cases, filled in with what is known already."""

from collections.abc import Callable

from bot.escalations import case_windows
from bot.escalations.intake import Intake
from bot.escalations.model import Case
from bot.escalations.page_context import Neighbours
from bot.slack.modals import Json


class EscalateForms:
    """Fills them in. *neighbours* know what somebody typed, *said_in* gives what was said in a case's thread."""

    def __init__(self, intake: Intake, neighbours: Neighbours, said_in: Callable[[Case], str]) -> None:
        self._intake = intake
        self._neighbours = neighbours
        self._said_in = said_in

    def from_card(self, value: str, by: str, about: Json) -> Json:
        """For the button on an answer with cards: the words that *by* typed for it, and whom they name."""
        return self.from_message(self._neighbours.words(value, by), about)

    def from_message(self, text: str, about: Json) -> Json:
        """For a message: its words, and whom they name."""
        return case_windows.escalate_window(self._intake.customer_named_in(text), text, about)

    def likely(self, case: Case) -> list[str]:
        """Customers whom a case may be about."""
        named = self._intake.customer_named_in(self._said_in(case))
        return [named] if named and named != case.customer else []
