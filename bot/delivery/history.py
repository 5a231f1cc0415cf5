"""What became of a message, in words: what `why` tells."""

from collections.abc import Callable, Iterator
from datetime import datetime

from bot.delivery.model import Delivery, DeliveryState, in_words


def receipt(delivery: Delivery, at: Callable[[datetime], str]) -> Iterator[tuple[datetime, str]]:
    """The stages of *delivery*, each with its time; *at* writes a time for whoever reads it."""
    last = delivery.planned_at
    channel = delivery.draft.channel
    where = f"<@{channel[1:]}>, directly" if channel[0] == "@" else f"<#{channel}>"
    where = "a direct message" if channel[0] == "D" else where
    yield delivery.planned_at, f"{at(delivery.planned_at)}: message planned, to be posted in {where}"
    if delivery.claimed_at:
        yield delivery.claimed_at, f"{at(delivery.claimed_at)}: claimed by the sender"
    if delivery.sending_at:
        tries = f", try {delivery.attempt}" if delivery.attempt > 1 else ""
        yield delivery.sending_at, f"{at(delivery.sending_at)}: handed to Slack{tries}"
    if delivery.sent_at:
        yield delivery.sent_at, f"{at(delivery.sent_at)}: Slack has it, as message {delivery.slack_ts}"
    if delivery.late_because:
        yield delivery.sending_at or last, f"It went out late: {delivery.late_because}."
    if line := _open_end(delivery, at):
        yield delivery.sending_at or last, line


def _open_end(delivery: Delivery, at: Callable[[datetime], str]) -> str:
    because = f": {in_words(delivery.trouble)}" if delivery.trouble else ""
    match delivery.state:
        case DeliveryState.PENDING if delivery.trouble:
            return f"It waits for another try at {at(delivery.not_before)}{because}."
        case DeliveryState.PENDING:
            return "It waits for its turn."
        case DeliveryState.CLAIMED | DeliveryState.SENDING:
            return "It is on its way."
        case DeliveryState.IN_DOUBT:
            look = at(delivery.verify_at) if delivery.verify_at else "once more"
            return f"Whether it arrived is in doubt{because}. I look for it at {look}."
        case DeliveryState.HELD:
            return (
                f"Whether it arrived is in doubt, and I cannot look{because}. It is held back, so as not to come twice."
            )
        case DeliveryState.FAILED:
            return f"It could not be delivered{because}."
        case DeliveryState.CANCELLED:
            return "It was taken back before it was sent."
    return ""
