"""`trigger_id` and `response_url`: what an interaction gives the app for a while."""

import secrets
import time
from dataclasses import dataclass

from bot.emulator.errors import Refused
from bot.emulator.model import PostedMessage

HOOK_LIVES_S = 30 * 60  # of the workspace's time
HOOK_USES = 5


@dataclass
class _Trigger:
    user: str
    made_at: float
    in_modal: bool
    place: str = ""
    used: bool = False


@dataclass
class Hook:
    """Where a `response_url` leads: the answer to what *user* did in *channel*, on *message* if it was a click."""

    token: str
    user: str
    channel: str
    made_at: float
    message: PostedMessage | None = None
    uses: int = 0


class Hooks:
    """All triggers and response_urls that were given out."""

    def __init__(self) -> None:
        self.trigger_lives_s = 0.0  # real seconds, since it is the wire's deadline; the workspace sets it
        self._triggers: dict[str, _Trigger] = {}
        self._hooks: dict[str, Hook] = {}

    def new_trigger(self, user: str, *, in_modal: bool = False, place: str = "") -> str:
        """A trigger_id for what *user* does now, *in_modal* or in the conversation *place*."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = _Trigger(user, time.monotonic(), in_modal, place)
        return trigger_id

    def use_trigger(self, trigger_id: str, *, in_modal: bool = False) -> str:
        """
        The person whose trigger this is. Raises Refused for one that is unknown, used up or too old.

        *in_modal*: only one of something done in a modal will do, as for pushing another upon it.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None or (in_modal and not trigger.in_modal):
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - trigger.made_at > self.trigger_lives_s:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def place_of(self, trigger_id: str) -> str:
        """The conversation in which a trigger was made; empty where it was in none."""
        trigger = self._triggers.get(trigger_id)
        return trigger.place if trigger else ""

    def new_hook(self, user: str, channel: str, now_s: float, *, message: PostedMessage | None = None) -> str:
        """The token of a new response_url."""
        token = secrets.token_hex(12)
        self._hooks[token] = Hook(token, user, channel, now_s, message)
        return token

    def forget_old(self, now_s: float) -> None:
        """Forget what has long expired; for a while it is still known, and refused as expired."""
        fresh = time.monotonic() - 20 * self.trigger_lives_s
        self._triggers = {key: one for key, one in self._triggers.items() if one.made_at > fresh}
        self._hooks = {key: one for key, one in self._hooks.items() if one.made_at > now_s - 4 * HOOK_LIVES_S}

    def use_hook(self, token: str, now_s: float) -> Hook:
        """Count a use of a response_url. Raises Refused after 5 uses or 30 minutes of the workspace's time."""
        hook = self._hooks.get(token)
        if hook is None:
            raise Refused("invalid_url")
        if now_s - hook.made_at > HOOK_LIVES_S:
            raise Refused("expired_url")
        if hook.uses >= HOOK_USES:
            raise Refused("used_url")
        hook.uses += 1
        return hook
