"""What one feature tells another: cards for a case, promises for its ledger, broken ones for the chain."""

from functools import partial

from bot.clock import Clock
from bot.delivery.model import Draft
from bot.delivery.outbox import Outbox
from bot.escalations.model import Case
from bot.escalations.service import Cards, Escalations
from bot.escalations.wording import NOTHING_NOTED, CustomerStatus, moment
from bot.followups.blocks import lost_message
from bot.followups.promises import Promises
from bot.slack.message import quote
from bot.slack.router import Place
from bot.tactics.blocks import answer_message
from bot.tactics.service import Tactics


def cards_for(tactics: Tactics, text: str) -> Cards:
    """What the search has for a thread: a message where a card fits, and the names of those for the manager."""
    answer = tactics.answer(text, "", own_words=False)
    if answer.shown is None:
        return Cards()
    names = tuple(card.name for card in (answer.shown, *answer.others)[:3])
    return Cards(answer_message(answer, Place.CHANNEL), names)


def noted(promises: Promises, case: Case) -> CustomerStatus:
    """What the customer of *case* was told and promised, as far as anybody wrote it down."""
    found = promises.of_thread(case.channel, case.thread_ts) if case.thread_ts else []
    if case.customer:
        found += [one for one in promises.of_customer(case.customer) if one not in found]
    if not case.private:
        found = [one for one in found if not one.follow_up.wanted.private]
    if not found:
        return NOTHING_NOTED
    lines = []
    for one in found[:3]:
        follow_up = one.follow_up
        kept = "" if follow_up.is_open else f", {follow_up.state}"
        how = ", *broken*" if one.broken_at and follow_up.is_open else kept
        who = f"<@{follow_up.wanted.owner}>, {follow_up.id}{how}"
        lines.append(f"{quote(follow_up.wanted.text, 200)} by {moment(one.due)} ({who})")
    last = found[0].follow_up
    told = f"“{quote(last.wanted.text, 200)}”, noted by <@{last.maker}> {moment(last.made_at)}"
    return CustomerStatus(told, "; ".join(lines))


def hear_of_broken(promises: Promises, escalations: Escalations, outbox: Outbox, clock: Clock) -> None:
    """Have the manager paged for promises that were found broken; in a direct conversation only its owner is told."""
    for promise in promises.broken():
        one = promise.follow_up
        wanted = one.wanted
        if wanted.channel[0] in "D@":
            now = clock.now()
            outbox.add(Draft(f"{one.key}:lost", one.id, f"@{wanted.owner}", lost_message(one), now), now)
            promises.reported(one.number)
            continue
        said = f"{wanted.text}, promised for {wanted.due} ({one.id})"
        heard = partial(promises.reported, one.number)
        escalations.broken_promise(said, wanted.customer, wanted.channel, wanted.thread_ts, wanted.owner, heard)
