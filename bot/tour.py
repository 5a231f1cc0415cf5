"""
The journeys of the product, played by people in the emulated workspace: in the page with captions, or told as text.

Each journey is a story that either happens or breaks. A new feature adds its own to `JOURNEYS`; `SHORT` is what
somebody sees who has ninety seconds.
"""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from bot.emulator.stories import Person, Seen, StoryBroken, Target, unexpected
from bot.emulator.workspace import Workspace

_LONGEST_SHOWN = 100


class Cast:
    """The people of the tour, and the voice that says what is going on."""

    def __init__(self, workspace: Workspace, director: "Teller | Player") -> None:
        self.say = director.caption
        self.workspace = workspace
        self.mia, self.omar, self.priya, self.dana = (
            Person(workspace, name, director) for name in ("mia", "omar", "priya", "dana")
        )

    def until_tomorrow(self, hour: int) -> timedelta:
        """How long it is until tomorrow at *hour*, where Mia is."""
        here = ZoneInfo(self.workspace.state.users[self.mia.id].tz)
        now = self.workspace.clock.now().astimezone(here)
        tomorrow = datetime.combine(now.date() + timedelta(days=1), time_of_day(hour), here)
        return tomorrow.astimezone(UTC) - now.astimezone(UTC)


def the_right_card(cast: Cast) -> None:
    """A rep on the phone asks, opens another card, shares one; the team sees it."""
    mia, omar = cast.mia.goes_to("deals"), cast.omar.goes_to("deals")
    cast.say("Acme's Mr Stone is on the phone and wants the boss. Mia has ten seconds and one hand.")
    mia.says("/toughcustomer he wants to talk to my boss right now")
    cast.say("Only Mia sees it: the card that fits, with lines to say as they stand, and what to avoid.")
    answer = mia.sees("Offer your manager before they demand one", "*Say*")
    cast.say("The others are one line each, and open in place.")
    mia.clicks("Open", on=answer)
    mia.sees("Offer your manager before they demand one", "*Say*")
    cast.say("She goes back to the first one, and shares it with the channel.")
    mia.clicks("Open", on=answer)
    mia.sees("*Say*")
    mia.clicks("Share", on=answer)
    mia.sees("without your words", "Take back")
    cast.say("This is Omar, her manager. He sees the card, and nothing of what she typed.")
    shared = omar.sees("Shared by <@U0MIA>")
    if "talk to my boss" in shared.text:
        raise StoryBroken("the shared card shows the rep's private words")
    cast.say("A thumb tells which cards help.")
    mia.sees("Shared by")
    mia.clicks("👍", on=answer)
    mia.sees("Noted:", "helped")


def a_thread_as_the_situation(cast: Cast) -> None:
    """Slash commands do not work in threads: a mention does, and needs no words."""
    dana, omar = cast.dana.goes_to("deals"), cast.omar.goes_to("deals")
    cast.say("Dana has a difficult customer, too, and writes of it in a channel.")
    dana.says("Borealis: she keeps shouting at me and won't let me finish")
    cast.say("Slack has no slash commands in threads. There, Omar mentions the bot: the thread is the situation.")
    root = omar.sees("Borealis: she keeps shouting")
    omar.says("@toughcustomer", under=root)
    answer = omar.sees("*Say*", where="deals")
    dana.sees("*Say*", where="deals")
    if answer.only_you or answer.message.thread_ts != root.message.ts:
        raise StoryBroken("the answer is not in the thread")
    cast.say("Everybody in the thread sees it. The message shortcut Tactics for this shows cards to one person alone.")
    omar.uses("Tactics for this", on=root)
    private = omar.sees("*Say*")
    if not private.only_you:
        raise StoryBroken("the shortcut's answer is seen by others")


def a_promise_that_comes_back(cast: Cast) -> None:
    """A follow-up is made, comes due, is snoozed, comes again, and is done."""
    mia, omar = cast.mia.goes_to("deals"), cast.omar.goes_to("deals")
    cast.say("Mia has promised Acme three options by tomorrow. She lets the bot remember it.")
    mia.says("/toughcustomer follow-up Acme tomorrow 3pm send the three options")
    echo = mia.sees("I will remind you", "*Acme*", "15:00")
    if not echo.only_you or echo.labels != ["Change", "Cancel"]:
        raise StoryBroken("the echo is not private, or cannot be changed and cancelled")
    cast.say("The answer has the exact time and zone. Where the date is unclear, the bot asks. The clock moves on …")
    cast.workspace.advance(cast.until_tomorrow(15))
    reminder = omar.sees(":bell: *Acme*", "send the three options")
    mia.sees(":bell:")
    cast.say("It is back in the channel, and names its owner. Omar sees that Mia is with a customer, and snoozes it.")
    omar.clicks("Snooze", on=reminder)
    asked = omar.sees("until when?")
    omar.clicks("1 hour", on=asked)
    omar.sees("comes again")
    mia.sees("Comes again", "16:00")
    cast.say("An hour later it is there again.")
    cast.workspace.advance(hours=1)
    again = mia.sees(":bell: *Acme*")
    omar.sees(":bell:")
    mia.clicks("Done", on=again)
    omar.sees("Done by <@U0MIA>")  # and the earlier reminder says so, too
    omar.sees("Done by <@U0MIA>")
    cast.say("And if anybody wonders what became of it:")
    mia.says("/toughcustomer why F1")
    mia.sees("made by <@U0MIA>", "snoozed by <@U0OMAR>", "Slack has it, as message", "done by <@U0MIA>")


def an_eye_on_a_customer(cast: Cast) -> None:
    """What repeats is done once, handed on, and stands in each person's Home."""
    mia, dana = cast.mia.goes_to("deals"), cast.dana.goes_to("deals")
    cast.say("Borealis is worth a look each morning. Mia lets it come back by itself.")
    mia.says("/toughcustomer follow-up Borealis every day 8:00 look at their tickets")
    mia.sees("Every day: next", "End")
    cast.say("The echo has the next three times. A day later it is there, and Done means this one alone.")
    cast.workspace.advance(cast.until_tomorrow(8))
    reminder = mia.sees(":bell: *Borealis*", "Pause")
    for person in (cast.omar, dana):
        person.goes_to("deals").sees(":bell: *Borealis*")
    mia.clicks("Done", on=reminder)
    for person in (mia, cast.omar, dana):
        person.sees("Done by <@U0MIA>", "every day")
    cast.say("All that is hers stands in her Home, with buttons that work there, and in her own calendar if she likes.")
    mia.opens_home("look at their tickets", "every day")
    cast.say("She is away next week: she asks Dana, who has it once she accepts.")
    mia.goes_to("deals").says("/toughcustomer follow-ups mine")
    mia.clicks("Open", on=mia.sees("Open follow-ups of yours", "look at their tickets"), row="look at their tickets")
    mia.clicks("Reassign", on=mia.sees("look at their tickets", "Reassign", "End"))
    mia.sees_window("To whom?")
    mia.fills("To whom?", dana.id)
    mia.submits()
    mia.sees_window("Until they accept")
    mia.closes()
    dana.clicks("Accept", on=dana.sees("asks you to take", where="toughcustomer"))
    dana.sees("You took")
    mia.sees("has F", "now", where="toughcustomer")


def somebody_always_answers(cast: Cast) -> None:
    """A thread in the escalation channel pages the manager; he does not answer, and the director takes it."""
    mia, omar, priya = cast.mia.goes_to("escalations"), cast.omar, cast.priya
    cast.say("Every message in #escalations begins a watched thread. Mia writes what happened at Acme.")
    mia.says("Acme says they will take their business elsewhere over the outage. 120k a year. Can you call them?")
    page = omar.sees("Acme needs you", "120k a year", "take their business elsewhere", where="toughcustomer")
    if page.labels[-3:] != ["I have it", "Pass it on", "Not needed"]:
        raise StoryBroken("the page cannot be answered")
    ledger = mia.sees("*State:* <@U0OMAR> was paged", where="escalations")
    cast.say("Omar is paged: who, how much, the words that did it, and who is next. He is in a meeting …")
    cast.workspace.advance(minutes=10)
    omar.sees("asked for the second time", where="toughcustomer")
    omar.sees("asked again below", where="toughcustomer")
    cast.say("… is asked a second time, and ten minutes later it is Priya's turn.")
    cast.workspace.advance(minutes=10)
    hers = priya.sees("Acme needs you", "<@U0OMAR> was paged 2 times and has not answered", where="toughcustomer")
    priya.clicks("I have it", on=hers)
    mia.sees("<@U0MIA>: <@U0PRIYA> has Acme (E1) until", where="escalations")
    priya.sees("You have it until", where="toughcustomer")
    cast.say(
        "One tap takes it, and Mia hears who and until when. Had Priya said nothing by then, the chain would go on."
    )
    cast.workspace.advance(minutes=12)
    mia.clicks("Resolve", on=ledger)
    mia.sees_window("How did it end?")
    mia.fills("How did it end?", "Solved")
    mia.fills("What was behind it?", "Defect")
    mia.fills("One line for the thread", "The fix is in, and they stay")
    mia.submits()
    mia.sees("Solved by <@U0MIA>, root cause: defect", "The fix is in, and they stay", where="escalations")
    cast.say("The ledger in the thread and all the pages show how it ended.")
    mia.sees("*State:* Solved", where="escalations")
    priya.sees("Solved by", where="toughcustomer")
    for _ in range(2):  # Omar was paged twice
        omar.sees("Solved by", where="toughcustomer")


def a_promise_is_broken(cast: Cast) -> None:
    """The short tour: a card, a promise that nobody keeps, the page, and how the rep hears that help comes."""
    mia, omar = cast.mia.goes_to("deals"), cast.omar
    cast.say("Acme is on the phone, and angry. Mia types what is happening.")
    mia.says("/toughcustomer he wants to talk to my boss")
    mia.sees("Offer your manager before they demand one", "*Say*")
    cast.say("Lines to say, for her eyes only. She promises the fix within the hour, and the bot watches the time.")
    mia.says("/toughcustomer promise Acme in 1 hour send the fix")
    echo = mia.sees("send the fix", "Acme", where="deals")
    if "Done" not in echo.labels:
        raise StoryBroken("the promise cannot be kept")
    cast.say("Mia is warned in time. Nobody presses Done …")
    cast.workspace.advance(minutes=76)
    page = omar.sees("Acme needs you", "Broken promise", where="toughcustomer")
    cast.say("… so a quarter of an hour later it is broken. Omar is paged, with what was promised, and takes it.")
    omar.clicks("I have it", on=page)
    mia.sees("<@U0MIA>: <@U0OMAR> has Acme (E1) until", where="deals")
    cast.say("Mia hears who comes, and until when. Afterwards Omar says how it ended.")
    omar.clicks("Resolve", on=omar.sees("You have it until", where="toughcustomer"))
    omar.sees_window("How did it end?")
    omar.fills("How did it end?", "Solved")
    omar.fills("What was behind it?", "Lapse")
    omar.fills("One line for the thread", "Fix sent, with an apology")
    omar.submits()
    mia.sees("Solved by <@U0OMAR>", "Fix sent, with an apology", where="deals")


def honest_silence(cast: Cast) -> None:
    """Where no card fits, the bot says so."""
    mia = cast.mia.goes_to("toughcustomer")
    cast.say("A direct message works, too. And where no card fits, the bot says so: a wrong card costs more than none.")
    mia.says("what's for lunch in the canteen")
    menu = mia.sees("No good match", "They feel unheard")
    cast.say("The nine moments of a difficult deal lead to all the cards.")
    mia.clicks("Keep this customer, or end it?", on=menu)
    mia.sees("Decline with thanks, and clearly")


@dataclass(frozen=True)
class Journey:
    """One story of the tour."""

    title: str
    play: Callable[[Cast], None]


SHORT: Sequence[Journey] = (Journey("A promise that nobody kept", a_promise_is_broken),)
JOURNEYS: Sequence[Journey] = (
    Journey("The right card in ten seconds", the_right_card),
    Journey("In a thread", a_thread_as_the_situation),
    Journey("Where nothing fits", honest_silence),
    Journey("A promise that comes back", a_promise_that_comes_back),
    Journey("An eye on a customer", an_eye_on_a_customer),
    Journey("Somebody always answers", somebody_always_answers),
)


def told(
    workspace: Workspace, write: Callable[[str], object], over: threading.Event, journeys: Sequence[Journey] = SHORT
) -> bool:
    """Play *journeys* at once and *write* what happens, a line each; True if every step happened."""
    teller = Teller(write, over)
    cast = Cast(workspace, teller)
    for journey in journeys:
        write(f"\n## {journey.title}\n")
        try:
            journey.play(cast)
        except (StoryBroken, Ended) as error:
            write(f"\nThis did not happen: {error}")
            return False
    surprises = [] if journeys is SHORT else [f"Nobody expected this: {one.text}" for one in unexpected(workspace)]
    troubles = [
        one for one in workspace.traffic.entries if one.problem not in ("", "ratelimited")
    ]  # which passes by itself
    surprises += [f"{one.way}, {one.kind}: {one.problem}" for one in troubles]
    for surprise in surprises:
        write(f"\n{surprise}")
    if not surprises:
        write("\nEvery step happened.")
    return not surprises


def played(workspace: Workspace, over: threading.Event, journeys: Sequence[Journey] = SHORT) -> None:
    """Play *journeys* in the page, slowly enough to follow. Raises StoryBroken; ends early when it is *over*."""
    player = Player(workspace, over)
    workspace.page.on_tour = player.told
    cast = Cast(workspace, player)
    try:
        for number, journey in enumerate(journeys, 1):
            of = f"{number} of {len(journeys)}: " if len(journeys) > 1 else ""
            player.begin(f"{of}{journey.title}")
            journey.play(cast)
        player.caption("Now it is yours: act as anybody, type anything.")
    except Ended:
        pass
    finally:
        workspace.page.on_tour = lambda what: None
        workspace.show_stage()


class Ended(Exception):
    """The tour was ended by whoever watched."""


class Teller:
    """Tells what happens as a transcript."""

    def __init__(self, write: Callable[[str], object], over: threading.Event) -> None:
        self._write = write
        self._over = over

    def caption(self, text: str) -> None:
        """What is going on."""
        self._write(f"— {text}")

    def about_to(self, person: Person, deed: str, what: str, where: str, target: Target) -> None:
        """What a person does."""
        if self._over.is_set():
            raise Ended("ended by a signal")
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
        self._ended = threading.Event()
        self._going = threading.Event()
        self._going.set()
        self._caption = ""
        self._step = ""
        self._last = ""
        self._numbers = itertools.count(1)

    def told(self, what: str) -> None:
        """What the watcher wants: "pause", "go on" or "end"."""
        if what == "pause":
            self._going.clear()
        else:
            self._going.set()
        if what == "end":
            self._ended.set()

    def begin(self, step: str) -> None:
        """A new journey."""
        self._step = step

    def caption(self, text: str) -> None:
        """Show *text*, and leave time to read it."""
        self._caption = text
        self._show()
        self.pause(1.2 + len(text) / 22)

    def about_to(self, person: Person, deed: str, what: str, where: str, target: Target) -> None:
        """Show who is about to do what."""
        channel = self._workspace.call(self._workspace.client.channel, person.id, where).id
        self._arrive(person, channel, target.thread)
        takes = min(4.0, 0.8 + len(what) / 18) if deed == "says" else 1.6
        shown = {"ts": target.ts, "block": target.block, "action": target.action}
        self._show(**self._where(person, channel, target.thread), deed=deed, what=what, takes=takes, **shown)
        self.pause(takes + 0.2)

    def has_seen(self, person: Person, seen: Seen) -> None:
        """Show what a person sees, thread and all, long enough to take it in."""
        thread = seen.message.thread_ts if seen.message.is_reply else ""
        self._arrive(person, seen.message.channel, thread)
        self._show(**self._where(person, seen.message.channel, thread), ts=seen.message.ts)
        self.pause(3.2)

    def pause(self, seconds: float) -> None:
        """Let *seconds* pass; longer while it is paused. Raises Ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until or not self._going.is_set():
            if self._over.wait(0.1) or self._ended.is_set():
                raise Ended

    def _arrive(self, person: Person, channel: str, thread: str) -> None:
        """Let the page change to another person or place before anything happens there."""
        here = f"{person.id} {channel} {thread}"
        if here != self._last:
            self._last = here
            self._show(**self._where(person, channel, thread))
            self.pause(1.0)

    def _where(self, person: Person, channel: str, thread: str) -> dict[str, object]:
        return {"as": person.id, "channel": channel, "thread": thread, "who": person.name}

    def _show(self, **stage: object) -> None:
        who = f" · you are {stage['who']}" if stage.get("who") else ""
        step = f"{self._step}{who}"
        self._workspace.show_stage(caption=self._caption, step=step, number=next(self._numbers), **stage)
