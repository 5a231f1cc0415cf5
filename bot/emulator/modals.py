"""The modals that people have open, one stack each, and their Home tabs."""

import secrets
from collections.abc import Iterable, Sequence

from bot.emulator.block_ids import with_ids
from bot.emulator.errors import Json, Refused
from bot.emulator.model import View
from bot.emulator.state import WorkspaceState
from bot.emulator.views import inputs_of, values_of

MOST_VIEWS = 3
VIEW_LIVES_S = 60 * 60  # of the workspace's time, since it was opened or last changed


class Modals:
    """Views by person. The last of a stack is the one that is seen."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """The modals that *user* has open, the uppermost last; none that were left open an hour ago."""
        stack = self._stacks.get(user, [])
        return [] if self._is_old(stack) else stack

    def stack_of(self, view_id: str) -> list[View]:
        """The open modals of which the first is *view_id*; none where that is closed."""
        found = [stack for stack in map(self.stack, self._stacks) if stack and stack[0].id == view_id]
        return found[0] if found else []

    def is_open(self, view: View) -> bool:
        """Whether *view* is a modal that is still open, or a Home tab."""
        return any(one is view for one in self.all())

    def forget_old(self) -> None:
        """Let go of what was left open."""
        old = [user for user, stack in self._stacks.items() if self._is_old(stack)]
        for view in [view for user in old for view in self._stacks.pop(user)]:
            self._state.journal.hide(view.id)
        if old:
            self._state.on_change()

    def _is_old(self, stack: Sequence[View]) -> bool:
        return bool(stack) and self._state.now_s - stack[-1].touched_at > VIEW_LIVES_S

    def all(self) -> Iterable[View]:
        """Every view that is open, and every Home tab."""
        return [*(view for user in self._stacks for view in self.stack(user)), *self.homes.values()]

    def find(self, view_id: str = "", external_id: str = "") -> View:
        """By either id. Raises Refused."""
        for view in self.all():
            if view_id == view.id or (external_id and view.body.get("external_id") == external_id):
                return view
        raise Refused("not_found")

    def open(self, user: str, body: Json, place: str = "") -> View:
        """Open a first modal, from the conversation *place*; what was open is closed."""
        view = self._make(user, body, place, replacing=self.stack(user))
        self._stacks[user] = [view]
        self._state.on_change()
        return view

    def push(self, user: str, body: Json) -> View:
        """Put a modal upon the one that is open. Raises Refused for a fourth, or where none is open."""
        stack = self.stack(user)
        if not stack:
            raise Refused("not_found")
        if len(stack) >= MOST_VIEWS:
            raise Refused("push_limit_reached")
        view = self._make(user, body, stack[0].place)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._state.on_change()
        return view

    def update(self, view: View, body: Json, expected_hash: str = "") -> View:
        """Replace what a view shows; what was typed stays where block_id and action_id stay. Raises Refused."""
        if expected_hash and expected_hash != view.hash:
            raise Refused("hash_conflict")
        self._check_external_id(body, [view])
        view.body = {**body, "blocks": with_ids(body.get("blocks") or [])}
        there = {(block_id, action_id) for block_id, action_id, _, _ in inputs_of(view.blocks)}
        for block_id, fields in view.state.items():
            view.state[block_id] = {name: value for name, value in fields.items() if (block_id, name) in there}
        view.hash, view.errors, view.failure = _new_hash(), {}, ""
        view.touched_at = self._state.now_s
        self._state.journal.show(view.id, view.body, only_for=view.user)
        self._state.on_change()
        return view

    def publish(self, user: str, body: Json, expected_hash: str = "") -> View:
        """Set the Home tab of *user*."""
        if home := self.homes.get(user):
            return self.update(home, body, expected_hash)
        self.homes[user] = self._make(user, body)
        self._state.on_change()
        return self.homes[user]

    def close(self, view: View, *, everything: bool = False) -> None:
        """Close *view* and what lies upon it; *everything*: the whole stack."""
        stack = self.stack(view.user)
        if view in stack:
            self._state.journal.hide(view.id)
            del stack[0 if everything else stack.index(view) :]
        self._state.on_change()

    def as_json(self, view: View) -> Json:
        """The view object of payloads and answers."""
        body = view.body
        return {
            "id": view.id,
            "team_id": self._state.people.team_of(view.user),
            "type": body["type"],
            "blocks": view.blocks,
            "private_metadata": body.get("private_metadata", ""),
            "callback_id": body.get("callback_id", ""),
            "state": {"values": values_of(view.blocks, view.state)},
            "hash": view.hash,
            "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(body.get("clear_on_close")),
            "notify_on_close": bool(body.get("notify_on_close")),
            "close": body.get("close"),
            "submit": body.get("submit"),
            "previous_view_id": view.previous_id or None,
            "root_view_id": view.root_id or view.id,
            "app_id": self._state.app_id,
            "external_id": body.get("external_id", ""),
            "app_installed_team_id": self._state.team_id,
            "bot_id": self._state.bot_id,
        }

    def _make(self, user: str, body: Json, place: str = "", *, replacing: Sequence[View] = ()) -> View:
        self._check_external_id(body, replacing)
        kept = {**body, "blocks": with_ids(body.get("blocks") or [])}
        view = View(self._state.new_id("V"), user, kept, _new_hash(), place=place, touched_at=self._state.now_s)
        self._state.journal.show(view.id, view.body, only_for=user)
        return view

    def _check_external_id(self, body: Json, replaced: Sequence[View]) -> None:
        external_id = body.get("external_id")
        others = [view for view in self.all() if not any(view is one for one in replaced)]
        if external_id and any(view.body.get("external_id") == external_id for view in others):
            raise Refused("duplicate_external_id")


def _new_hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"
