"""The morning list: the day in one direct message, for whoever wants it. Nothing to say: nothing is sent."""

from datetime import time

from bot.clock import Clock
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.home.blocks import morning_message
from bot.home.gathering import HomeGathering
from bot.home.model import HomeGroup
from bot.storage.preferences import MORNING, Preferences

FROM, UNTIL = time(8, 30), time(12)  # local; later than noon it is no morning list
_ON = "on"


class MorningLists:
    """Sends each list once a day, in its reader's own zone; at weekends only where something is due that very day."""

    def __init__(self, gathering: HomeGathering, preferences: Preferences, outbox: Outbox, clock: Clock) -> None:
        self._gathering = gathering
        self._preferences = preferences
        self._outbox = outbox
        self._clock = clock
        self._done: dict[str, str] = {}  # by person: the day that was looked at last

    def look(self) -> int:
        """Send those whose morning has come; returns how many."""
        sent = 0
        for user, chosen in self._preferences.people(MORNING).items():
            if chosen != _ON or self._gathering.has_left(user):
                continue
            local = self._clock.now().astimezone(self._gathering.zone_of(user))
            day = f"{local:%Y-%m-%d}"
            if not FROM <= local.time() < UNTIL or self._done.get(user) == day:
                continue
            sent += self._send(user, day, is_weekend=local.weekday() >= 5)
            self._done[user] = day
        return sent

    def _send(self, user: str, day: str, *, is_weekend: bool) -> int:
        view = self._gathering.today(user)
        drawn = morning_message(view)
        if drawn is None or (is_weekend and not view.counts.get(HomeGroup.TODAY)):
            return 0
        now = self._clock.now()
        draft = Draft(f"morning:{user}:{day}", "morning", f"M:{user}", f"@{user}", drawn, now, recipient=user)
        return int(self._outbox.add(draft, now))
