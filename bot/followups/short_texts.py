"""Short texts about a follow-up: its title, when and where it comes, how it repeats."""

from bot.followups.model import LONGEST_TEXT, FollowUp, Gone
from bot.slack.block_kit import moment
from bot.slack.text import quote


def due_words(one: FollowUp) -> str:
    """When it is due, as each reader would say it."""
    return moment(one.wanted.due.at, one.wanted.due.zone)


def where_words(one: FollowUp) -> str:
    """Where it comes."""
    return "in a direct message" if one.wanted.channel[0] in "D@" else f"in <#{one.wanted.channel}>"


def gone_words(one: FollowUp) -> str:
    """Why its owner will not see to it, and the request to take it over; "" where they will."""
    if one.seeking is None:
        return ""
    until = f" until {moment(one.seeking.until, one.wanted.due.zone)}" if one.seeking.until else ""
    why = {
        Gone.LEFT: "has left",
        Gone.NOT_HERE: "is not in this channel any more",
        Gone.AWAY: f"is away{until}",
    }[one.seeking.gone]
    return f":raising_hand: <@{one.wanted.owner}> {why}. Who takes it?"


def promised_words(one: FollowUp) -> str:
    """What the customer was told, before something else; "" where it was nothing."""
    if not one.wanted.promise:
        return ""
    told = one.promised_for
    when = f" for {moment(told, one.wanted.due.zone)}" if told is not None and told != one.wanted.due.at else ""
    return f"promised{when}{', broken' if one.is_broken else ''} · "


def repeats_words(one: FollowUp) -> str:
    """How it repeats, before something else; "" where it does not."""
    return f"{one.series.words()} · " if one.series else ""


def title_words(one: FollowUp, longest: int = LONGEST_TEXT) -> str:
    """Customer and text, as mrkdwn."""
    text = quote(one.wanted.text, longest)
    return f"*{quote(one.wanted.customer)}*: {text}" if one.wanted.customer else text


def first_up(text: str) -> str:
    """*text* with a capital, unless it begins with a mention."""
    return text if text.startswith("<") else f"{text[:1].upper()}{text[1:]}"
