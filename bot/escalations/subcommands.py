"""What is typed: `escalate`, `escalations` and `why E7`, from the command, a mention or a direct message."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.commands.router import Place, Request, Subcommand
from bot.commands.undo import LastDeed
from bot.errors import UserError
from bot.escalations import blocks
from bot.escalations.closing import Closing
from bot.escalations.intake import Intake
from bot.escalations.lists import CaseLists
from bot.escalations.model import LONGEST_CUSTOMER, Case, Roster, is_group, span
from bot.escalations.on_call import Rosters
from bot.escalations.settings_modal import SettingsModal
from bot.escalations.wording import SET_UP
from bot.slack.block_kit import Message, message, section, sentence, small
from bot.slack.context import SlackContext
from bot.slack.text import quote

_SITUATION = re.compile(
    r"^(?:or|when|if|should|how|what|why|is|are|was|will|can|could|not|a|an|this\s+to\s+whom)\b|\?\s*$", re.I
)
_WHICH = re.compile(r"^(?:for|about|of|customer)\s+", re.I)


class EscalationSubcommands:
    """Makes `escalate`, `escalations` and `settings` known, and `why E7`."""

    def __init__(
        self,
        lists: CaseLists,
        intake: Intake,
        closing: Closing,
        rosters: Rosters,
        settings: SettingsModal,
        slack: SlackContext,
    ) -> None:
        self._lists = lists
        self._closing = closing
        self._rosters = rosters
        self._intake = intake
        self._settings = settings
        self._slack = slack

    def all(self) -> tuple[Subcommand, ...]:
        """For the router."""
        return (
            Subcommand(
                ("escalate", "escalation"), blocks.USAGE, "pages the manager at once", self._escalate, quick=False
            ),
            Subcommand(
                ("escalations",),
                "escalations mine|here|CUSTOMER",
                "lists what is open, and who has it",
                self._listed,
                quick=False,
            ),
            Subcommand(
                ("settings",),
                "settings",
                "for admins: escalation channels, chain, hours",
                self._open_settings,
                quick=False,
            ),
            Subcommand(
                ("on call", "oncall", "on-call", "who is", "who's", "whos"),
                "on call",
                "says who is paged here, and in which order",
                self._on_call,
                quick=False,
            ),
        )

    def begin(
        self, customer: str | None, said: str, channel: str, thread_ts: str | None, by: str, cause: str = ""
    ) -> tuple[Case, bool]:
        """
        A person begins a case: in the thread where they are, or under a message of ours in the channel.

        Done once for each *cause*. Returns the case, and whether it was open before. Raises UserError where it cannot
        be kept; then nobody was paged.
        """
        if (begun := self._intake.begun_by(cause)) is not None:
            return begun, False
        check_customer(customer, channel)
        self._slack.channels.to_post_in(channel, to="keep a case here", otherwise="Nobody was paged.")
        return self._intake.begin(customer, said, channel, thread_ts, by, cause)

    def why(self, request: Request, number: int) -> Message:
        """What became of a case. Raises UserError where it is none of theirs."""
        in_public = request.place is Place.CHANNEL
        return self._lists.why(number, request.user_id, request.channel, in_public=in_public)

    def _escalate(self, request: Request, rest: str) -> Message | None:
        if request.edits and (begun_before := self._intake.begun_by(request.edits)) is not None:
            return blocks.begun_message(begun_before, False)
        thread_ts = request.thread_ts
        if thread_ts is None and request.place is Place.CHANNEL and self._intake.begins_threads(request.channel):
            thread_ts = (request.edits or request.cause).partition(":")[
                2
            ] or None  # which is watched: one message, one case
        if not rest or rest.lower() == "help":
            if thread_ts and not rest:
                said = request.forwarded
                customer = self._intake.customer_named_in(said) or None
                begun = self.begin(customer, said, request.channel, thread_ts, request.user_id, request.cause)
                return blocks.begun_message(*begun)
            return blocks.usage_message()
        head, colon, said = rest.partition(":")
        if not colon or not said.strip():
            return None if _SITUATION.search(rest) or len(rest.split()) > 3 else blocks.usage_message()
        if not head.strip():
            return blocks.usage_message()
        if len(head.split()) > 8 or _SITUATION.match(head):
            return None
        said = "\n".join(filter(None, (said.strip(), request.forwarded)))
        begun = self.begin(head.strip(), said, request.channel, thread_ts, request.user_id, request.cause)
        return blocks.begun_message(*begun)

    def _listed(self, request: Request, rest: str) -> Message | None:
        which = _WHICH.sub("", rest.strip("?. ")) or "all"
        which = which.lower() if which.lower() in ("mine", "here", "all") else which
        if len(which.split()) > 3:
            return None
        in_public = request.place is Place.CHANNEL
        return self._lists.listed(which, request.user_id, request.channel, in_public=in_public)

    def _on_call(self, request: Request, rest: str) -> Message | None:
        asked = f"{request.text} ".lower().replace("-", " ")
        if not re.search(r"\bon ?call\b", asked) or len(asked.split()) > 7:
            return None
        roster = self._rosters.roster(request.channel, at_once=True)
        # where everybody reads along, a mention would call them
        called = "<@{}>".format if request.place is Place.PRIVATE else self._slack.users.shown
        return on_call_message(roster, called)

    def last_deed(self, user: str, since: datetime) -> LastDeed | None:
        """The case that *user* began last, not before *since*, to be taken back."""
        found = self._intake.last_begun(user, since)
        return LastDeed(found[1], f"E{found[0]}", partial(self._take_back, found[0], user)) if found else None

    def _take_back(self, number: int, user: str, cause: str) -> Message:
        case = self._closing.not_needed(number, user)  # a second time changes nothing
        if case.is_open:
            return sentence(f"{case.id} stays open for its other criteria; what you asked for is off.")
        return sentence(f"{case.id} is closed as not needed. Whoever was paged sees that.")

    def _open_settings(self, request: Request, rest: str) -> Message | None:
        return None if rest else self._settings.open(request)


def on_call_message(roster: Roster, called: Callable[[str], str]) -> Message:
    """Who is paged, in their order, and how long each has; *called* gives a person's name."""
    if not roster.steps:
        return sentence(f"Nobody is on call here, so nobody would be paged. {SET_UP}")
    lines = []
    for number, step in enumerate(roster.steps, 1):
        who = " and ".join("a group that I cannot look into" if is_group(one) else called(one) for one in step.who)
        lines.append(
            f"{number}. {who}, asked for {span(step.wait)}" if number < len(roster.steps) else f"{number}. {who}"
        )
    lead = "Who is paged here, one after the other:"
    return message(f"{lead} {'; '.join(lines)}", [section(f"*{lead}*"), section("\n".join(lines)), small(SET_UP)])


def check_customer(customer: str | None, channel: str) -> None:
    """Raise UserError where there can be no case of *customer* in *channel*. Asks nothing of Slack."""
    if channel.startswith("D"):
        raise UserError(
            "A case lives in a channel, where the team can see it. "
            "Write `/toughcustomer escalate …` there. Nobody was paged."
        )
    if customer is not None and not customer:
        raise UserError("Which customer is it? Nobody was paged.")
    if customer and re.match(r"[@#]", customer):
        raise UserError(f"{quote(customer)} is a person or a channel. Which customer is it? Nobody was paged.")
    if customer and len(customer) > LONGEST_CUSTOMER:
        raise UserError(f"A customer's name may have up to {LONGEST_CUSTOMER} characters. Nobody was paged.")
