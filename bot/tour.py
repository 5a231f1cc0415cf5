"""
The journeys of the product, played by people in the emulated workspace: in the page with captions, or told as text.

Each journey is a story that either happens or breaks. A new feature adds its own to `JOURNEYS`.
"""

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.emulator.stories import Person, Seen, StoryBroken, unexpected
from bot.emulator.workspace import Workspace

_LONGEST_SHOWN = 100


class Cast:
    """The people of the tour, and the voice that says what is going on."""

    def __init__(self, workspace: Workspace, director: "Teller | Player") -> None:
        self.say = director.caption
        self.mia, self.omar, self.priya, self.dana = (
            Person(workspace, name, director) for name in ("mia", "omar", "priya", "dana")
        )


def the_right_card(cast: Cast) -> None:
    """A rep on the phone asks, opens another card, shares one; the team sees it."""
    mia, omar = cast.mia.goes_to("deals"), cast.omar.goes_to("deals")
    cast.say("Acme's Mr Stone is on the phone and wants the boss. Mia has ten seconds and one hand.")
    mia.says("/toughcustomer he wants to talk to my boss right now")
    answer = mia.sees("Offer your manager before they demand one", "*Say*")
    cast.say("Only Mia sees it: the card that fits, with lines to say as they stand, and what to avoid.")
    mia.clicks("Open", on=answer)
    mia.sees("Offer your manager before they demand one", "*Say*")
    cast.say("Another card, opened in place. She goes back to the first one and shares it with the team.")
    mia.clicks("Open", on=answer)
    mia.sees("*Say*")
    mia.clicks("Share", on=answer)
    shared = omar.sees("Shared by <@U0MIA>")
    if "talk to my boss" in shared.text:
        raise StoryBroken("the shared card shows the rep's private words")
    mia.sees("Shared by")
    cast.say("Omar, her manager, sees the card, and nothing of what she typed.")
    mia.clicks("👍", on=answer)
    mia.sees("Noted:", "helped")
    cast.say("A thumb tells which cards help.")


def a_thread_as_the_situation(cast: Cast) -> None:
    """Slash commands do not work in threads: a mention does, and needs no words."""
    dana, omar = cast.dana.goes_to("escalations"), cast.omar.goes_to("escalations")
    cast.say("Slack has no slash commands in threads. There, mention the bot: the thread is the situation.")
    dana.says("Borealis: she keeps interrupting and shouting about the outage")
    root = omar.sees("Borealis: she keeps interrupting")
    dana.says("@toughcustomer", under=root)
    answer = omar.sees("*Say*", where="escalations")
    dana.sees("*Say*", where="escalations")
    if answer.only_you or answer.message.thread_ts != root.message.ts:
        raise StoryBroken("the answer is not in the thread")
    cast.say("Everybody in the thread sees the cards. A message shortcut shows them to one person alone.")
    omar.uses("Tactics for this", on=root)
    private = omar.sees("*Say*")
    if not private.only_you:
        raise StoryBroken("the shortcut's answer is seen by others")


def honest_silence(cast: Cast) -> None:
    """Where no card fits, the bot says so."""
    mia = cast.mia.goes_to("toughcustomer")
    cast.say("A direct message works, too. And where no card fits, the bot says so: a wrong card costs more than none.")
    mia.says("what's for lunch in the canteen")
    mia.sees("No card fits that well", "Hear them out")
    mia.clicks("Hold or fold")
    mia.sees("Decline with thanks, and clearly")
    cast.say(
        "The nine moments of a difficult deal lead to all the cards. Now it is yours: act as anybody, type anything."
    )


@dataclass(frozen=True)
class Journey:
    """One story of the tour."""

    title: str
    play: Callable[[Cast], None]


JOURNEYS: Sequence[Journey] = (
    Journey("The right card in ten seconds", the_right_card),
    Journey("In a thread", a_thread_as_the_situation),
    Journey("Where nothing fits", honest_silence),
)


def told(workspace: Workspace, write: Callable[[str], object]) -> bool:
    """Play all journeys at once and *write* what happens, a line each; True if every step happened."""
    teller = Teller(workspace, write)
    cast = Cast(workspace, teller)
    for journey in JOURNEYS:
        write(f"\n## {journey.title}\n")
        try:
            journey.play(cast)
        except StoryBroken as error:
            write(f"\nThis did not happen: {error}")
            return False
    for seen in unexpected(workspace):
        write(f"\nNobody expected this: {seen.text}")
    refused = [entry for entry in workspace.traffic.entries if entry.problem]
    for entry in refused:
        write(f"\n{entry.way}, {entry.kind}: {entry.problem}")
    if unexpected(workspace) or refused:
        return False
    write("\nEvery step happened.")
    return True


def played(workspace: Workspace, over: threading.Event) -> None:
    """Play all journeys in the page, slowly enough to follow. Raises StoryBroken; ends early when it is *over*."""
    player = Player(workspace, over)
    cast = Cast(workspace, player)
    for journey in JOURNEYS:
        if over.is_set():
            return
        player.caption(journey.title)
        journey.play(cast)
    player.pause(8)
    workspace.show_stage()


class Teller:
    """Tells what happens as a transcript."""

    def __init__(self, workspace: Workspace, write: Callable[[str], object]) -> None:
        self._workspace = workspace
        self._write = write

    def caption(self, text: str) -> None:
        """What is going on."""
        self._write(f"— {text}")

    def about_to(self, person: Person, deed: str, what: str, where: str) -> None:
        """What a person does."""
        self._write(f"  {person.name} {deed}: {what}")

    def has_seen(self, person: Person, seen: Seen) -> None:
        """What a person sees."""
        whom = "alone sees" if seen.only_you else "sees"
        text = seen.headline if len(seen.headline) <= _LONGEST_SHOWN else f"{seen.headline[:_LONGEST_SHOWN]}…"
        buttons = f"  [{'] ['.join(seen.labels)}]" if seen.labels else ""
        self._write(f"  {person.name} {whom}: {text}{buttons}")


class Player:
    """Shows what happens in the page: who acts and where, what they type, what they click, and a caption."""

    def __init__(self, workspace: Workspace, over: threading.Event) -> None:
        self._workspace = workspace
        self._over = over
        self._caption = ""
        self._numbers = itertools.count(1)

    def caption(self, text: str) -> None:
        """Show *text*, and leave time to read it."""
        self._caption = text
        self._show()
        self.pause(1.5 + len(text) / 25)

    def about_to(self, person: Person, deed: str, what: str, where: str) -> None:
        """Show who is about to do what."""
        channel = self._workspace.call(self._workspace.client.channel, person.id, where)
        takes = min(4.0, 0.8 + len(what) / 18) if deed == "says" else 1.4
        self._show(**{"as": person.id}, channel=channel.id, deed=deed, what=what, takes=takes)
        self.pause(takes + 0.3)

    def has_seen(self, person: Person, seen: Seen) -> None:
        """Show what a person sees, thread and all."""
        thread = seen.message.thread_ts if seen.message.is_reply else ""
        self._show(**{"as": person.id}, channel=seen.message.channel, thread=thread)
        self.pause(2.0)

    def pause(self, seconds: float) -> None:
        """Let *seconds* pass, unless it is over."""
        if self._over.wait(seconds):
            raise StoryBroken("ended by whoever watched")

    def _show(self, **stage: object) -> None:
        self._workspace.show_stage(caption=self._caption, number=next(self._numbers), **stage)
