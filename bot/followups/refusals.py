"""Why something cannot be done to a follow-up, in sentences."""

from datetime import datetime
from typing import NoReturn

from bot.errors import UserError
from bot.followups.model import FollowUp, FollowUpState, LocalTime
from bot.followups.store import FollowUpStore


def found(store: FollowUpStore, number: int) -> FollowUp:
    """The follow-up of that number. Raises UserError if there is none."""
    one = store.get(number)
    if one is None and store.is_set_aside(number):
        raise UserError(
            f"I cannot read F{number}: its row in my database is damaged. I left it as it is and told the admins."
        )
    if one is None:
        raise UserError(f"There is no F{number}. It may have been purged, or belongs to another workspace.")
    return one


def still_open(store: FollowUpStore, number: int, now: datetime) -> FollowUp:
    """The same, if it has not ended. Raises UserError."""
    one = found(store, number)
    if not one.is_open:
        refuse_as_closed(one, now)
    return one


def recurring(store: FollowUpStore, number: int, now: datetime) -> FollowUp:
    """The same, if it recurs. Raises UserError."""
    one = still_open(store, number, now)
    if one.series is None:
        raise UserError(f"{one.id} comes once. *Snooze* puts it off, *Cancel* ends it.")
    return one


def refuse_as_closed(one: FollowUp, now: datetime) -> NoReturn:
    """Raise UserError: it has ended, or was changed meanwhile."""
    if one.is_open:
        raise UserError(f"{one.id} was changed by somebody else a moment ago. Please look again.")
    how = "cancelled" if one.state is FollowUpState.CANCELLED else "done"
    closed_at = LocalTime.of(one.closed_at, one.wanted.due.zone) if one.closed_at else None
    at = f", {closed_at.near(now)}" if closed_at else ""
    if one.closed_by is None:
        raise UserError(f"{one.id} was {how}{at}: nobody had pressed Done for a long time.")
    raise UserError(f"{one.id} was {'marked ' if how == 'done' else ''}{how} by <@{one.closed_by}>{at}.")


def refuse_as_not_theirs(one: FollowUp) -> NoReturn:
    """Raise UserError: it is for others to change."""
    people = " or ".join(f"<@{user}>" for user in dict.fromkeys((one.wanted.owner, one.maker)))
    raise UserError(f"Only {people} or an admin can change or cancel {one.id}. Nothing was changed.")
