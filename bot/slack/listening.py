"""A feature's listeners as one table: by the ids of buttons, windows and shortcuts, the method that answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import App

Listen = Callable[..., None]  # arguments by name, as Bolt gives them: ack, action, body, view, shortcut


@dataclass(frozen=True, slots=True)
class Listening:
    """*actions* by id, *choices* by what their ids begin with, *views* and *shortcuts* by callback id."""

    actions: Mapping[str, Listen] = field(default_factory=dict)
    choices: Mapping[str, Listen] = field(default_factory=dict)
    views: Mapping[str, Listen] = field(default_factory=dict)
    shortcuts: Mapping[str, Listen] = field(default_factory=dict)

    def ids(self) -> set[str]:
        """All ids, and beginnings of ids, that are listened to."""
        return {*self.actions, *self.choices, *self.views, *self.shortcuts}

    def register(self, app: App) -> None:
        """Have Bolt call them."""
        ways: list[tuple[Mapping[str, Listen], Callable[[str], Any]]] = [
            (self.actions, app.action),
            (self.choices, lambda begins: app.action(re.compile(f"^{re.escape(begins)}"))),
            (self.views, app.view),
            (self.shortcuts, app.shortcut),
        ]
        for table, way in ways:
            for ident, listen in table.items():
                way(ident)(listen)
