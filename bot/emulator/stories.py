"""
People who use the workspace, for tours and tests that read like stories.

``mia.says("/toughcustomer …")``, ``mia.sees("Offer your manager")``, ``mia.clicks("Share")``, ``omar.sees(…)``. What
does not happen raises StoryBroken with what was there instead.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.emulator.client import Cannot
from bot.emulator.controls import controls, labels_of
from bot.emulator.dispatch import AckOutcome
from bot.emulator.errors import Json
from bot.emulator.model import PostedMessage, View
from bot.emulator.text import clickables, words
from bot.emulator.views import entered, inputs_of
from bot.emulator.workspace import Workspace

Found = TypeVar("Found")

PATIENCE_S = 120.0  # what happens, happens in a blink; a busy machine may need a while
_LOOK_EVERY_S = 0.02
_DRAWN_ANEW_WITHIN_S = 5.0  # an app that does not draw its Home anew when it is opened is not waited for any longer


class StoryBroken(AssertionError):
    """A step of a story did not happen."""


class Director(Protocol):
    """Hears of every step before it happens, and may take its time."""

    def about_to(self, person: "Person", deed: str, what: str, where: str, target: "Target") -> None:
        """*person* is about to do *deed* (says, clicks, uses, fills, submits, …) in the conversation *where*."""

    def has_seen(self, person: "Person", seen: "Seen") -> None:
        """*person* has seen a message."""


@dataclass(frozen=True)
class Target:
    """What a deed is done to: a message by its ts, an element of it, the thread that is written in."""

    ts: str = ""
    block: str = ""
    action: str = ""
    thread: str = ""


class Silent:
    """A director who lets things happen."""

    def about_to(self, person: "Person", deed: str, what: str, where: str, target: "Target") -> None:
        """Nothing to do."""

    def has_seen(self, person: "Person", seen: "Seen") -> None:
        """Nothing to do."""


@dataclass(frozen=True)
class Seen:
    """A message that somebody sees; it stays up to date while the app edits it."""

    message: PostedMessage

    @property
    def text(self) -> str:
        """All that can be read in it, a line each."""
        return words({"text": self.message.text, "blocks": self.message.blocks, "attachments": self.attachments})

    @property
    def attachments(self) -> list[Json]:
        """Its attachments."""
        return self.message.attachments

    @property
    def headline(self) -> str:
        """The text that notifications show."""
        return self.message.text

    @property
    def only_you(self) -> bool:
        """Whether nobody else sees it."""
        return bool(self.message.only_for)

    @property
    def labels(self) -> list[str]:
        """The labels of all that can be clicked in it, in order."""
        return [label for _, element in clickables(self.message.all_blocks) for label in labels_of(element)]


class Person:
    """
    One person at their Slack. *place* is the conversation that they have open.

    What they are to see they wait for, PATIENCE_S seconds or as many as a step says (*within*).
    """

    def __init__(self, workspace: Workspace, name: str, director: Director | None = None) -> None:
        user = workspace.state.find_user(name)
        if user is None:
            there = ", ".join(sorted(one.name for one in workspace.state.users.values()))
            raise ValueError(f"there is nobody called {name}; there are {there}")
        self.workspace = workspace
        self.id = user.id
        self.name = user.real_name.partition(" ")[0]
        self.place = workspace.state.seed.first
        self._director = director or Silent()

    def goes_to(self, place: str) -> "Person":
        """Open the channel *place*, or the direct conversation with the person of that name."""
        self.place = place
        return self

    # doing

    def says(self, text: str, *, to: str = "", under: Seen | None = None) -> AckOutcome:
        """Type *text* in the open conversation, or in *to*; *under* a message: in its thread."""
        where = under.message.channel if under else to or self.place
        thread = (under.message.thread_ts or under.message.ts) if under else ""
        self._about_to("says", text, where, Target(thread=thread))
        return self.workspace.do(self.workspace.client.say(self.id, where, text, thread))

    def clicks(self, label: str, *, on: Seen | None = None, row: str = "") -> AckOutcome:
        """
        Click the button *label*: in the window that is open, else in the newest message that has it.

        *row*: only where this can be read in the row of the button, here and below.
        """
        return self._use("clicks", label, on, None, row)

    def chooses(self, label: str, *, on: Seen | None = None, row: str = "") -> AckOutcome:
        """Choose the option *label* of a menu, an overflow menu included."""
        return self._use("chooses", label, on, label, row)

    def chooses_person(self, user_id: str, *, on: Seen) -> AckOutcome:
        """Choose somebody in the first menu of people of the message *on*."""
        message, interactions = on.message, self.workspace.interactions
        for block, element in clickables(message.all_blocks):
            if element["type"] == "users_select":
                thread = message.thread_ts if message.is_reply else ""
                target = Target(message.ts, str(block["block_id"]), element["action_id"], thread)
                self._about_to("chooses", user_id, message.channel, target)
                chosen = entered(element, user_id)
                work = interactions.click(self.id, message, target.block, target.action, chosen)
                return self._accepted(user_id, self.workspace.do(work))
        raise StoryBroken(f"{self.name} has no menu of people in:\n{on.text}")

    def ticks(self, label: str, *, on: Seen | None = None, row: str = "", tick: bool = True) -> AckOutcome:
        """Tick the box *label*, or empty it."""
        return self._use("ticks" if tick else "empties", label, on, [label] if tick else [], row)

    def uses(self, shortcut: str, *, on: Seen | None = None) -> AckOutcome:
        """Use a message shortcut *on* a message, or a global one."""
        client = self.workspace.client
        if on is None:
            self._about_to("uses", shortcut, self.place, Target())
            return self._accepted(shortcut, self.workspace.do(client.use_global_shortcut(self.id, shortcut)))
        place, ts = on.message.channel, on.message.ts
        thread = on.message.thread_ts if on.message.is_reply else ""
        self._about_to("uses", shortcut, place, Target(ts, thread=thread))
        return self._accepted(shortcut, self.workspace.do(client.use_shortcut(self.id, shortcut, place, ts)))

    def edits(self, seen: Seen, text: str) -> None:
        """Change a message of one's own."""
        self._about_to("edits", text, seen.message.channel, Target())
        self.workspace.call(self.workspace.client.edit, self.id, seen.message.channel, seen.message.ts, text)

    def deletes(self, seen: Seen) -> None:
        """Take a message of one's own away."""
        self._about_to("deletes", seen.headline, seen.message.channel, Target())
        self.workspace.call(self.workspace.client.delete, self.id, seen.message.channel, seen.message.ts)

    def fills(self, label: str, value: str | list[str]) -> None:
        """Enter *value* in the field *label* of the window that is open."""
        self._about_to("fills", f"{label}: {value}", self.place, Target())
        view = self._window()
        for block_id, action_id, element, block in inputs_of(view.blocks):
            if label == (block.get("label") or {}).get("text"):
                done = self.workspace.interactions.click_in_view(view, block_id, action_id, entered(element, value))
                self.workspace.do(done)
                return
        raise StoryBroken(f"{self.name} has no field {label!r} in:\n{words(view.body)}")

    def submits(self) -> AckOutcome:
        """Submit the window that is open; what is wrong with it stands in `errors`."""
        self._about_to("submits", "the window", self.place, Target())
        return self.workspace.do(self.workspace.interactions.submit(self._window()))

    def closes(self) -> AckOutcome:
        """Close the window that is open."""
        return self.workspace.do(self.workspace.interactions.close(self._window()))

    # the Home tab

    def opens_home(self, *parts: str, within: float | None = None) -> str:
        """
        Open the app's Home tab, and wait until all *parts* are there; returns all that can be read in it.

        An app that draws it anew each time is waited for. Raises StoryBroken where the app has no Home tab.
        """
        self._about_to("opens", "Home", self.place, Target())
        before = self._home_hash()
        try:
            self.workspace.do(self.workspace.client.open_home(self.id))
        except Cannot as refused:
            raise StoryBroken(f"{self.name} cannot open Home: {refused}") from refused
        patience = PATIENCE_S if within is None else within
        _eventually(lambda: self._home_hash() != before, min(patience, _DRAWN_ANEW_WITHIN_S) if before else patience)
        return self.sees_home(*parts, within=within)

    def clicks_in_home(self, label: str, *, row: str = "") -> AckOutcome:
        """
        Click the button *label* in the Home tab, as it is now.

        Where several say that, *row* tells which: by what can be read in its row. Raises StoryBroken where it is not
        clear which one is meant.
        """
        return self._use_home("clicks", label, row, None)

    def chooses_in_home(self, label: str, *, row: str = "") -> AckOutcome:
        """Choose the option *label* of a menu in the Home tab, an overflow menu included."""
        return self._use_home("chooses", label, row, label)

    def ticks_in_home(self, label: str, *, row: str = "", tick: bool = True) -> AckOutcome:
        """Tick the box *label* in the Home tab, or empty it."""
        return self._use_home("ticks" if tick else "empties", label, row, [label] if tick else [])

    def sees_home(self, *parts: str, within: float | None = None) -> str:
        """Wait for a Home tab with all *parts*; returns all that can be read in it."""

        def shown() -> str:
            home = self.workspace.modals.homes.get(self.id)
            text = words(home.body) if home is not None else ""
            return text if all(part in text for part in parts) else ""

        found = _eventually(shown, within)
        if not found:
            home = self.workspace.modals.homes.get(self.id)
            there = f". It shows:\n{words(home.body)}" if home is not None else ": the app has shown none"
            raise StoryBroken(f"{self.name} has no Home tab with {parts}{there}")
        return found

    # seeing

    def sees(self, *parts: str, where: str = "", within: float | None = None) -> Seen:
        """
        Wait for a message with all *parts* that this person has not seen in this version, and see it.

        *where*: only in this conversation. The newest first.
        """
        found = _eventually(lambda: self._unseen(parts, where, see=True), within)
        if found is None:
            raise StoryBroken(f"{self.name} does not see {parts}. On the screen:\n{self._all()}")
        self._director.has_seen(self, Seen(found))
        return Seen(found)

    def sees_nothing_new(self, *, within: float = 0.4) -> None:
        """Make sure that nothing of the app's comes that this person has not seen."""
        found = _eventually(lambda: self._unseen((), "", by_app=True), within)
        if found is not None:
            raise StoryBroken(f"{self.name} sees what should not be there:\n{Seen(found).text}")

    def sees_window(self, *parts: str, within: float | None = None) -> str:
        """Wait for an open window with all *parts*; returns all that can be read in it."""

        def shown() -> str:
            view = next(reversed(self.workspace.modals.stack(self.id)), None)
            text = "\n".join([words(view.body), *view.errors.values(), view.failure]) if view is not None else ""
            return text if view is not None and all(part in text for part in parts) else ""

        found = _eventually(shown, within)
        if not found:
            raise StoryBroken(f"{self.name} has no window with {parts}")
        return found

    def sees_no_window(self, *, within: float | None = None) -> None:
        """Wait until no window is open."""
        if not _eventually(lambda: not self.workspace.modals.stack(self.id), within):
            raise StoryBroken(f"{self.name} still has a window open")

    def _unseen(
        self, parts: tuple[str, ...], where: str, *, by_app: bool = False, see: bool = False
    ) -> PostedMessage | None:
        return self.workspace.call(self._find, parts, where, by_app, see)

    def _find(self, parts: tuple[str, ...], where: str, by_app: bool, see: bool) -> PostedMessage | None:
        place = self.workspace.client.channel(self.id, where).id if where else ""
        for message in reversed(list(self._visible())):
            if message.user == self.id or self.id in message.seen_by or place not in ("", message.channel):
                continue
            ours = message.bot_id == self.workspace.state.bot_id
            if (ours or not by_app) and all(part in Seen(message).text for part in parts):
                if see:  # at once: what comes a moment later is another version
                    message.seen_by.add(self.id)
                    message.seen_look = message.look
                return message
        return None

    def _visible(self) -> Iterator[PostedMessage]:
        """All messages that this person can see, oldest first."""
        channels = [c for c in self.workspace.state.channels.values() if self.id in c.members]
        mine = [m for c in channels for m in c.messages.values() if m.only_for in ("", self.id)]
        yield from sorted(mine, key=lambda message: float(message.ts))

    def _all(self) -> str:
        shown = self.workspace.call(lambda: list(self._visible()))
        return "\n---\n".join(f"[{m.channel} {m.user}] {Seen(m).text}" for m in shown[-8:])

    # clicking

    def _window(self) -> View:
        stack = self.workspace.modals.stack(self.id)
        if not stack:
            raise StoryBroken(f"{self.name} has no window open")
        return stack[-1]

    def _home_hash(self) -> str:
        home = self.workspace.modals.homes.get(self.id)
        return home.hash if home is not None else ""

    def _use_home(self, deed: str, label: str, row: str, value: str | list[str] | None) -> AckOutcome:
        home = self.workspace.modals.homes.get(self.id)
        found = controls(label, home.blocks, row) if home is not None else []
        if home is None or len(found) != 1:
            said = f"{label!r} in the row of {row!r}" if row else repr(label)
            there = words(home.body) if home is not None else "nothing at all"
            raise StoryBroken(f"{self.name} has {said} {len(found)} times in Home, not once. It shows:\n{there}")
        return self._use_view(deed, label, home, found[0], value)

    def _use_view(
        self, deed: str, label: str, view: View, found: tuple[str, Json], value: str | list[str] | None
    ) -> AckOutcome:
        block_id, element = found
        self._about_to(deed, label, self.place, Target(block=block_id, action=element["action_id"]))
        chosen = None if value is None else entered(element, value)
        work = self.workspace.interactions.click_in_view(view, block_id, element["action_id"], chosen)
        return self._accepted(label, self.workspace.do(work))

    def _use(self, deed: str, label: str, on: Seen | None, value: str | list[str] | None, row: str = "") -> AckOutcome:
        """Click or choose *label*: in the open window, in the message *on*, or in the newest that has it."""
        interactions = self.workspace.interactions
        stack = self.workspace.modals.stack(self.id)
        if on is None and stack and (found := controls(label, stack[-1].blocks, row)):
            return self._use_view(deed, label, stack[-1], found[0], value)
        for message in [on.message] if on else reversed(self.workspace.call(lambda: list(self._visible()))):
            if found := controls(label, message.all_blocks, row):
                block_id, element = found[0]
                thread = message.thread_ts if message.is_reply else ""
                target = Target(message.ts, block_id, element["action_id"], thread)
                self._about_to(deed, label, message.channel, target)
                chosen = None if value is None else entered(element, value)
                work = interactions.click(self.id, message, block_id, element["action_id"], chosen)
                return self._accepted(label, self.workspace.do(work))
        raise StoryBroken(f"{self.name} has nothing {label!r} to click. On the screen:\n{self._all()}")

    def _about_to(self, deed: str, what: str, where: str, target: Target) -> None:
        self._director.about_to(self, deed, what, where, target)

    def _accepted(self, what: str, outcome: AckOutcome) -> AckOutcome:
        if not outcome.ok:
            raise StoryBroken(f"{self.name} used {what!r} and the app did not acknowledge it: {outcome.problem}")
        return outcome


def unexpected(workspace: Workspace) -> list[Seen]:
    """What the app has posted, or made look different, and nobody in the story has seen, even if it is gone again."""
    posted = [*workspace.messages(), *workspace.state.deleted]
    return [
        Seen(one)
        for one in posted
        if one.bot_id == workspace.state.bot_id and not one.seen_by and one.look != one.seen_look
    ]


def _eventually(look: Callable[[], Found], within: float | None) -> Found:
    """What *look* finds, asked until it finds something or the time is over."""
    deadline = time.monotonic() + (PATIENCE_S if within is None else within)
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)
    return found
