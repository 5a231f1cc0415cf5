"""What is typed: `follow-up`, `promise`, `follow-ups`, `done F12` and `why F12`, in a command, mention or message."""

import re
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.commands.courtesies import did_you_mean
from bot.commands.router import COMMAND, Place, Request, Subcommand
from bot.commands.typed import without_politeness
from bot.commands.why import ShortId
from bot.errors import UserError
from bot.followups import asked_blocks, blocks, history_blocks
from bot.followups.about import is_a_task, tells
from bot.followups.dates.questions import NotUnderstood
from bot.followups.days_off import country_name, country_of, holidays_of, name_of
from bot.followups.model import FollowUp, LocalTime, NewFollowUp, may_change
from bot.followups.service import FollowUps
from bot.followups.understanding import PossibleFollowUp, Understanding, Understood, WhoseHolidays
from bot.followups.whom import REMIND_ELSEWHERE, Whom, nobody_called, whom
from bot.slack.block_kit import Block, Message, message, moment, section, sentence, small
from bot.slack.channels import Channel, Channels
from bot.slack.context import SlackContext
from bot.slack.text import quote
from bot.slack.users import Member
from bot.storage.preferences import COUNTRY, Preferences

_SITUATION = re.compile(
    r"(?:is|was|went|are|were|or|has|had|how|what|why|when|gone|never|ignored|overdue|with an? \w+ customer)\b|"
    r"(?:calls?|meetings?|emails?|questions?)\s+(?:\w+\s+)?(?:went|got|was|is|has|had|did|ended|turned|fell)\b",
    re.I,
)
_ADVICE = re.compile(r"\b(?:what (?:do|should|can) i|how (?:do|to|can|should)|what to (?:say|do))\b", re.I)
_MEANT = re.compile(r"follow-?ups?\b", re.I)  # written so that it can hardly begin a sentence
_CHANGED_SINCE = "It was changed since, so the edited message changes nothing. Press *Change*."
_DATED = re.compile(
    r"\b(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|to(?:day|morrow|night)|tmrw|next|in \w+ "
    r"(?:min|hour|day|week)|noon|eod|cob|eow|\d{1,2} ?[ap]m|\d{1,2}[:.]\d\d|\d{1,2}/\d{1,2})",
    re.I,
)
_COURTESIES = ("please", "pls", "plz", "now", "thanks", "thx", "")
_ABOUT_ONE = re.compile(r"(?:[a-z]+\s+){0,2}#?f(\d{1,6})\b[^?]{0,40}", re.I)
_LONGEST_TASK = 300  # characters: what is longer tells a story
_A_CASE = "{id} is a case. It ends in its thread, with *Resolved*, so that everybody sees what helped."


class FollowUpSubcommands:
    """Makes `follow-up`, `promise`, `follow-ups` and `done` known, `why F12`, and what is open a part of the menu."""

    def __init__(
        self,
        follow_ups: FollowUps,
        understanding: Understanding,
        slack: SlackContext,
        clock: Clock,
        preferences: Preferences,
    ) -> None:
        self._preferences = preferences
        self._follow_ups = follow_ups
        self._understanding = understanding
        self._slack = slack
        self._clock = clock

    def all(self) -> tuple[Subcommand, ...]:
        """For the router."""
        return (
            Subcommand(
                ("follow-up", "followup", "follow up", "remind", "reminder", *REMIND_ELSEWHERE),
                blocks.USAGE,
                "reminds you in this channel: `follow-up Acme tomorrow 3pm send the three options`",
                self._make,
                quick=False,
            ),
            Subcommand(
                ("promise",),
                blocks.PROMISE_USAGE,
                "the same for what the customer was told: a warning in time, and a case if it is broken",
                self._promise,
                quick=False,
            ),
            Subcommand(
                ("follow-ups", "followups", "follow ups"),
                "follow-ups mine|here|CUSTOMER",
                "lists what is open",
                self._listed,
                quick=False,
            ),
            Subcommand(("promises",), "promises", "lists what you promised", self._promises, quick=False),
            Subcommand(
                ("done", "cancel"), "done F12", "marks a follow-up as done; `cancel F12`", self._end, quick=False
            ),
            Subcommand(
                ("pause", "resume", "end"),
                "pause F12",
                "stops one that repeats; `resume F12`, `end F12`",
                self._stop,
                quick=False,
            ),
        )

    def why(self, request: Request, number: int) -> Message:
        """What became of a follow-up. Raises UserError where it is none of theirs."""
        member = self._slack.users.member(request.user_id)
        in_public = request.place is Place.CHANNEL
        self._follow_ups.seen_by(number, request.user_id, request.channel, in_public=in_public)
        return history_blocks.why_message(self._follow_ups.story(number), _zone_of(member))

    def open_items(self, request: Request) -> Sequence[Block]:
        """A line for the menu."""
        in_public = request.place is Place.CHANNEL
        mine = self._follow_ups.listed("mine", request.user_id, request.channel, in_public=in_public).items
        if not mine:
            return ()
        more = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
        shown = quote(mine[0].title(), 100)
        due = moment(mine[0].wanted.due.at, mine[0].wanted.due.zone)
        return [small(f":bell: Your next follow-up: {shown}, {due}{more}: `{COMMAND} follow-ups`")]

    def _promise(self, request: Request, rest: str) -> Message | None:
        return self._make(request, rest, promise=True)

    def _make(self, request: Request, rest: str, *, promise: bool = False) -> Message | None:
        if rest.lower() in ("", "help"):
            return blocks.usage_message(promise=promise)
        if rest.lower() in ("list", "mine"):
            return self._listed(request, "mine")
        if (made := self._follow_ups.made_by(request.cause)) is not None:
            return self._echo(made)
        if _ADVICE.search(rest):
            return None
        follows = re.search(r"follow", without_politeness(request.text).lower()[:20])
        return self._order(request, rest, "promise" if promise else "follow-up" if follows else "remind")

    def _order(self, request: Request, rest: str, verb: str) -> Message | None:
        """Keep what *verb* orders, or ask; None where it only begins like it."""
        is_reminder, promise = verb == "remind", verb == "promise"
        found = whom(request.raw, self._slack.users, by=request.user_id, is_reminder=is_reminder) or Whom(None, rest)
        typed = re.sub(r"^to\s+(?=\w)", "", found.rest)
        member = self._slack.users.member(request.user_id)
        try:
            understood = self._understood(request, typed, found.owner or request.user_id, member, verb)
        except WhoseHolidays as asked:
            told = f"<@{found.owner}> {asked.typed}" if found.owner else asked.typed
            return asked_blocks.holidays_message(told, verb, country_of(_zone_of(member)), request.user_id)
        except NotUnderstood as question:
            if _only_begins_like_ours(request, typed, question):
                return None
            if not found.asks and question.question == "beginning":
                mention = f"<@{found.owner}> " if found.owner else ""
                return asked_blocks.beginning_message(typed, verb, mention, request.user_id)
            if not found.asks:
                readings = self._understanding.readings(typed, _zone_of(member), member.locale, question)
                return self._asked(request, typed, found, question.short, readings, promise=promise)
        if not found.asks and is_reminder and found.owner is None:
            found = self._nobody_called(understood.wanted.customer, typed) or found
        if found.asks:
            return asked_blocks.whom_message(found, verb, request.user_id)
        return self._kept(request, replace(understood.wanted, promise=promise), understood.used)

    def _nobody_called(self, customer: str | None, typed: str) -> Whom | None:
        """ "remind Sven tomorrow to send it": somebody is meant, unless a customer is called so."""
        if not customer or self._follow_ups.is_customer(customer) or not typed.startswith(f"{customer} "):
            return None
        return nobody_called(customer, typed) if re.search(r"\bto\s+[a-z]", typed[len(customer) :]) else None

    def _kept(self, request: Request, wanted: NewFollowUp, used: str) -> Message:
        channel = self._slack.channels.to_post_in(request.channel)
        thread_ts = request.thread_ts if request.place is not Place.DIRECT else None
        wanted = replace(wanted, channel=channel.id, thread_ts=thread_ts, private=channel.private)
        placed, why = directly(wanted, channel, self._slack.channels, request.user_id)
        if (before := self._follow_ups.made_by(request.edits)) is not None:
            if not self._follow_ups.is_as_made(before):
                return self._echo(before, _CHANGED_SINCE)
            changed = self._follow_ups.change(before.number, placed, request.user_id, cause=request.cause)
            return self._echo(changed, why, used)
        return self._echo(self._follow_ups.make(placed, request.user_id, request.cause), why, used)

    def _asked(
        self,
        request: Request,
        typed: str,
        found: Whom,
        question: str,
        readings: Sequence[PossibleFollowUp],
        *,
        promise: bool,
    ) -> Message:
        zone = _zone_of(self._slack.users.member(request.user_id))
        thread_ts = request.thread_ts if request.place is not Place.DIRECT else None
        about = {"by": request.user_id, "owner": found.owner, "promise": promise}
        about |= {"thread": thread_ts, "channel": request.channel if thread_ts else None}
        about = {key: value for key, value in about.items() if value}
        return asked_blocks.ask_message(question, typed, readings, about, self._clock.now(), zone)

    def suggestion(self, request: Request) -> Message | None:
        """Where a date stands beside a task, without a command: that nothing was stored, and a button that does it."""
        text = request.text
        if (named := self._named_by_id(request)) is not None:
            return named
        if len(text) > _LONGEST_TASK or text.endswith("?") or tells(text) or not _DATED.search(text):
            return None  # nearly all situations, at next to no cost
        member = self._slack.users.known(request.user_id)
        if member is None or member.zone is None:
            return None
        try:
            found = self._understanding.understood(text, member.zone, member.locale, owner=request.user_id, channel="")
        except (NotUnderstood, UserError):
            return None
        wanted = found.wanted
        if not is_a_task(wanted.text):
            return None
        when = wanted.due.near(self._clock.now())
        when = f"{wanted.series.words()}, the first {when}" if wanted.series else when
        about = f"{wanted.customer}: {wanted.text}" if wanted.customer else wanted.text
        question = f"Did you mean a reminder, {when}: {quote(about, 120)}?"
        return did_you_mean(question, "Yes, remind me", f"follow-up {request.raw or text}", request)

    def _promises(self, request: Request, rest: str) -> Message | None:
        return self._listed(request, "promises") if rest.lower().strip("?!. ") in ("", "mine") else None

    def _end(self, request: Request, rest: str) -> Message | None:
        if not rest.strip("?!. "):
            return self._listed(request, "mine")
        return self._deed(request, rest)

    def _stop(self, request: Request, rest: str) -> Message | None:
        return self._deed(request, rest) if rest.strip("?!. ") else None

    def _deed(self, request: Request, rest: str) -> Message | None:
        """What the verb of *request* says, done to the one whose number *rest* is; None where it is none."""
        words = rest.split()
        while words and words[-1].lower().strip(",.!") in _COURTESIES:
            words.pop()
        asked = ShortId.read(" ".join(words))
        if asked is None or asked.letter not in "FE":
            return None
        if asked.letter == "E":
            return sentence(_A_CASE.format(id=f"E{asked.number}"))
        in_public = request.place is Place.CHANNEL
        one = self._follow_ups.seen_by(asked.number, request.user_id, request.channel, in_public=in_public)
        verb = without_politeness(request.text).lower().partition(" ")[0]
        if verb in ("cancel", "end"):
            is_admin = not may_change(one, request.user_id, is_admin=False) and self._is_admin(request.user_id)
            one = self._follow_ups.cancel(one.number, request.user_id, is_admin=is_admin)
        elif verb == "pause":
            one = self._follow_ups.series.pause(one.number, request.user_id)
        elif verb == "resume":
            one = self._follow_ups.series.resume(one.number, request.user_id)
        else:
            one = self._follow_ups.done(one.number, request.user_id)
            return blocks.done_message(one, beside(one, self._follow_ups, self._slack))
        return blocks.detail_message(one, beside(one, self._follow_ups, self._slack))

    def _named_by_id(self, request: Request) -> Message | None:
        """ "move F1 to monday": nothing was changed, and what can be pressed."""
        found = _ABOUT_ONE.fullmatch(request.text)
        if found is None:
            return None
        in_public = request.place is Place.CHANNEL
        one = self._follow_ups.seen_by(int(found[1]), request.user_id, request.channel, in_public=in_public)
        shown = blocks.detail_message(one, beside(one, self._follow_ups, self._slack))
        lead = f"Nothing was changed. What shall become of {one.id}?"
        return message(lead, [section(f"*{lead}*"), *shown.blocks])

    def _is_admin(self, user: str) -> bool:
        return self._slack.users.member(user).is_admin

    def _echo(self, one: FollowUp, why: str = "", used: str = "") -> Message:
        return blocks.echo_message(one, beside(one, self._follow_ups, self._slack, why, used))

    def _listed(self, request: Request, rest: str) -> Message | None:
        which = re.sub(r"^(?:for|about|of|customer)\s+", "", rest.strip("?. "), flags=re.I)
        which = which.lower() if which.lower() in ("mine", "here") else which or "mine"
        if which not in ("mine", "here") and not self._follow_ups.is_customer(which) and len(which.split()) > 2:
            return None
        in_public = request.place is Place.CHANNEL
        found = self._follow_ups.listed(which, request.user_id, request.channel, in_public=in_public)
        record = self._follow_ups.record_for(which, request.user_id, request.channel, in_public=in_public)
        return blocks.list_message(which, found.items, hidden=found.hidden, record=str(record))

    def _understood(self, request: Request, typed: str, owner: str, member: Member, verb: str) -> Understood:
        if owner != request.user_id:
            self._slack.users.responsible(owner)
        zone = _zone_of(member)
        instead = "come back to this thread" if request.thread_ts else ""
        found = self._understanding.understood(
            typed, zone, member.locale, owner=owner, channel=request.channel, instead=instead, lone=verb == "follow-up",
            said_at=request.said_at, country=self._preferences.get(owner, COUNTRY) or "",
        )  # fmt: skip
        if member.zone is None and not (
            found.wanted.due.zone.key != "UTC" or re.search(r"\b(?:utc|gmt)\b", typed, re.I)
        ):
            self._slack.users.zone(request.user_id)  # says how to tell us
        return found


def _only_begins_like_ours(request: Request, typed: str, question: NotUnderstood) -> bool:
    """Whether it is a situation: "follow up went badly", "remind me why we do this"."""
    is_meant = bool(_MEANT.match(without_politeness(request.text))) or is_a_task(typed)
    return bool(_SITUATION.match(typed)) or (question.error == "none" and not is_meant)


def _zone_of(member: Member) -> ZoneInfo:
    return member.zone or ZoneInfo("UTC")


def beside(one: FollowUp, follow_ups: FollowUps, slack: SlackContext, why: str = "", used: str = "") -> blocks.Beside:
    """
    What an echo of *one* says besides, as it is now.

    *why* it comes back elsewhere than where it was asked for, and the words that were *used* as its date.
    """
    owner = slack.users.known(one.wanted.owner)
    coming = follow_ups.series.coming(one) if one.series and one.is_open else ()
    zone = owner.zone if owner else None
    return blocks.Beside(why, follow_ups.watch(one), zone, used, coming, _skipped(one, coming))


def _skipped(one: FollowUp, coming: Sequence[LocalTime]) -> str:
    """Which holidays are skipped, for whoever relies on it; "" where none are."""
    if one.series is None or not one.series.holidays or one.planned is None:
        return ""
    country, is_holiday = one.series.holidays, holidays_of(one.series.holidays)
    upto = coming[-1].wall if coming else one.planned
    days = (
        [wall.date() for wall in replace(one.series, holidays="").times(one.planned) if wall <= upto] if coming else []
    )
    named = [f"{day:%a} {day.day} {day:%b} ({name_of(country, day)})" for day in days if is_holiday(day)]
    return f" Skips the public holidays of {country_name(country)}" + (f": {', '.join(named)}." if named else ".")


def directly(wanted: NewFollowUp, channel: Channel, channels: Channels, by: str) -> tuple[NewFollowUp, str]:
    """
    *wanted* as it can reach its owner, and why it comes back elsewhere than where it was asked for ("" if it does not).

    Another organisation is not to read along, and nobody is notified in a channel that they are not in. Asks Slack.
    """
    owner = replace(wanted, channel=f"@{wanted.owner}", thread_ts=None, private=True)
    if channel.id[0] == "D" and wanted.owner != by:
        return owner, f"<@{wanted.owner}> does not read along here, so it comes to them directly."
    if channel.id[0] in "D@":
        return wanted, ""
    if channel.shared:
        return owner, f"Another organisation reads <#{channel.id}>, so it comes directly."
    members = channels.members(channel.id)
    if members is not None and wanted.owner not in members:
        return owner, f"<@{wanted.owner}> is not in <#{channel.id}>, so it comes directly."
    return wanted, ""
