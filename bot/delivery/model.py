"""The values of delivery: what is to be sent, how far it has come, what is said when it comes late or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.slack.block_kit import Message, message, moment, section, small
from bot.storage.marks import RESTORED

READ_BY_OTHERS = "read by others"  # the trouble of what may not be posted, since another organisation reads there
ANSWER = "answer"  # the kind of what answers somebody: its words are forgotten once it is sent
UNREADABLE = "unreadable:"  # before the reason why nobody could look whether an urgent message had arrived
# Refusals that concern the bot as a whole: they pass when somebody mends it, so nothing is given up.
WHOLE_BOT = {
    *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "access_denied"),
    *("org_login_required", "ekm_access_denied", "team_added_to_org", "team_access_not_granted"),
    "message_limit_exceeded",
}
TOO_MUCH = (
    "msg_",
    "invalid_blocks",
    "invalid_attachments",
    "metadata_",
    "too_many_",
)  # how refusals of the content begin
LATE_AFTER = timedelta(seconds=60)  # people set minutes: before that nobody would call it late
NOTED_LATE_AFTER = timedelta(seconds=2)  # from then on the receipt has the reason


class DeliveryState(StrEnum):
    """
    How far a message has come.

    pending → claimed → sending → sent, or failed; sending → in_doubt → sent, pending again, or held where nobody can
    look whether it arrived. cancelled: what it was for is over before it was sent.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "withdrawn"  # the word that databases hold


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A message to be delivered once, at *due* or as soon after it as can be.

    *key* is its idempotency key: a second draft of the same key changes nothing. *kind* says what it is ("reminder"),
    *subject* is the short id of what it is about ("F12"). *channel* is a channel, or "@" and a person; *recipient* is
    the person whom it is for, where it is for one. *fallback_to* are people who hear of it, each in place of the one
    before, if it cannot be delivered. *urgent* ones go first, and are sent again rather than held when nobody can
    look whether they arrived. *joinable* ones may share a message with others that are due in the same channel.

    *origin* is the conversation in which its words were said. Where the recipient may not read that, and is not among
    *known_to*, who know them anyway, *withheld* is sent in place of *message*: it is asked in the moment of sending.
    """

    key: str
    kind: str
    subject: str
    channel: str
    message: Message
    due: datetime
    thread_ts: str | None = None
    fallback_to: tuple[str, ...] = ()
    urgent: bool = False
    joinable: bool = False
    recipient: str = ""
    origin: str = ""
    known_to: tuple[str, ...] = ()
    withheld: Message | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    One row of the outbox; all times aware, in UTC. *shown* tells what it looks like in Slack, by its digest.

    *unreadable*: how many looks for it could not be finished. *doubt_until*: until when it may have been posted, where
    that is not known from *sending_at*. *left_at* is the same moment as *sending_at*, by Slack's clock.
    """

    id: int
    team_id: str
    draft: Draft
    state: DeliveryState
    planned_at: datetime
    not_before: datetime
    attempt: int = 0
    claimed_at: datetime | None = None
    sending_at: datetime | None = None
    sent_at: datetime | None = None
    verify_at: datetime | None = None
    verifications: int = 0
    slack_ts: str | None = None
    trouble: str | None = None
    late_because: str | None = None
    shown: str = ""
    unreadable: int = 0
    doubt_until: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """*deliveries* came into their channel at *at*, as *slack_ts*; *said*: as their readers may read them."""

    deliveries: Sequence[Delivery]
    slack_ts: str
    at: datetime
    said: Sequence[Delivery] = ()


def kept_back(subject: str) -> Message:
    """What somebody gets who may not read the words."""
    return message(f"{subject} is due. It is from a channel that you are not in, so its words stay there.")


def anybody(draft: Draft) -> bool:
    """Default: everybody may read everything."""
    return True


def as_read(delivery: Delivery, may_read: Callable[[Draft], bool]) -> Delivery:
    """*delivery* as its recipient may read it."""
    draft = delivery.draft
    if may_read(draft):
        return delivery
    return replace(delivery, draft=replace(draft, message=draft.withheld or kept_back(draft.subject)))


def why_late(delivery: Delivery, now: datetime) -> str | None:
    """The reason why *delivery* goes out late at *now*, as a clause; None if it is on time."""
    if now - delivery.draft.due < NOTED_LATE_AFTER:
        return None
    if delivery.trouble:
        return in_words(delivery.trouble)
    if delivery.planned_at - delivery.draft.due >= NOTED_LATE_AFTER:
        return "I was not running then, or this machine's clock was moved"
    return "many messages were due at once, and Slack takes one a second in a channel"


def composed(deliveries: Sequence[Delivery], now: datetime) -> Message:
    """
    The message that carries *deliveries*, with a line on each that is late.

    The text of one without blocks is mrkdwn already, and stands in the blocks as it is.
    """
    parts = [_with_lateness(one, now) for one in deliveries]
    if len(parts) == 1:
        return parts[0]
    lines = "\n".join(f"• {part.text}" for part in parts)
    blocks = [block for part in parts for block in part.blocks or (section(part.text),)]
    all_reminders = all(one.draft.kind == "reminder" for one in deliveries)
    lead = f"{len(parts)} reminders are due" if all_reminders else f"{len(parts)} follow-ups need somebody"
    return message(f"{lead}:\n{lines}", [section(f"*{lead}*"), *blocks])


def _with_lateness(delivery: Delivery, now: datetime) -> Message:
    drawn, due = delivery.draft.message, delivery.draft.due
    if (delivery.trouble or "").startswith(UNREADABLE):
        repeat = small("This may be a repeat: I could not see whether the first one arrived.")
        drawn = message(drawn.text, [*(drawn.blocks or (section(drawn.text),)), repeat])
    if now - due < LATE_AFTER:
        return drawn
    line = f"Late: this should have come {moment(due)}; {why_late(delivery, now)}."
    text = f"{drawn.text} (should have come {moment(due)})"
    blocks = drawn.blocks or (section(drawn.text),)
    return message(text, [blocks[0], small(line), *blocks[1:]])


_WORDS = {
    READ_BY_OTHERS: "another organisation reads there now",
    "crash": "I stopped while it was being sent",
    "storage": "my disk could not be written",
    RESTORED: "I was restored from a backup",
    "not_found": "the first try did not arrive",
    "ratelimited": "Slack asked me to slow down",
    "channel_not_found": "I am not in that channel, or it is gone",
    "not_in_channel": "I am not in that channel",
    "is_archived": "that channel is archived",
    "thread_not_found": "that thread is gone",
    "message_not_found": "that thread is gone",
    "user_not_found": "that person is not in this workspace",
    "user_disabled": "that person has left this workspace",
    "cannot_dm_bot": "that is a bot, which I cannot write to",
    "restricted_action": "only some people may post there",
    "account_inactive": "my token is no longer valid",
    "invalid_auth": "my token is not valid",
    "token_revoked": "my token was revoked",
    "missing_scope": "I lack the right to do that",
}


def in_words(trouble: str) -> str:
    """Slack's error code, or the kind of a failure, as a clause that a person understands."""
    trouble = trouble.removeprefix(UNREADABLE)
    return _WORDS.get(trouble, f"Slack could not be reached or did not take it ({trouble})")


def undelivered(delivery: Delivery, person: str) -> Draft:
    """The same for *person* directly, saying why it is not where it should be."""
    original = delivery.draft
    where = f"in <#{original.channel}>"
    if original.channel[0] in "@D":
        where = f"to <@{original.channel[1:]}>" if original.channel[0] == "@" else "in a direct conversation"
    lead = f"I could not post this {where}: {in_words(delivery.trouble or '')}."
    if delivery.state is DeliveryState.HELD:
        lead = f"I cannot check whether this was posted {where}: {in_words(delivery.trouble or '')}."
    drawn = original.message
    blocks = [] if (delivery.trouble or "").startswith(TOO_MUCH) else list(drawn.blocks)
    withheld = original.withheld or kept_back(original.subject)
    words = [] if blocks else [section(drawn.text)]  # where a message has blocks, Slack shows no other words
    told = message(f"{drawn.text} (I could not post it where it belongs.)", [section(lead), *words, *blocks])
    rest = original.fallback_to[original.fallback_to.index(person) + 1 :] if person in original.fallback_to else ()
    base = original.key.partition("/")[0]
    return Draft(
        key=f"{base}/told:{person}",
        kind=original.kind,
        subject=original.subject,
        channel=f"@{person}",
        message=told,
        due=original.due,
        fallback_to=rest,
        urgent=original.urgent,
        recipient=person,
        origin=original.origin,
        known_to=original.known_to,
        withheld=message(f"{lead} {withheld.text}", [section(lead), section(withheld.text)]),
    )
