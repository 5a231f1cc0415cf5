"""How a page looks in Slack: decided on in fifteen seconds. Values in, messages out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.escalations.buttons import (
    ASK_TO_BE_ADDED,
    HAVE_IT,
    NOT_NEEDED,
    NOT_NEEDED_FOR,
    PASS_ON,
    PASS_TO,
    PICK_TIME,
    RESOLVE,
    UNTIL,
    UNTILS,
    labelled,
)
from bot.escalations.model import ASKED, Case, CaseState, NotNeeded, span
from bot.escalations.page_store import CALLED_OFF
from bot.escalations.wording import PageContext, Quotation, closing, reason, sentence_case
from bot.slack.block_kit import Block, Message, actions, header, message, moment, person_select, section, small
from bot.slack.text import escaped, quote
from bot.tactics.blocks import PEEK

_LONGEST = 600
_LONGEST_LABEL = 75
_NOT_AT_ONCE = timedelta(minutes=2)
_MOST_QUOTED = 3  # messages: what is longer stands in the thread


def page_message(case: Case, who: str, about: PageContext, *, outside: bool) -> Message:
    """
    The direct message to *who*; what became of it once the case has moved on.

    *outside*: they may not read what is said in the channel, and so get none of it, and no name that was said only there.
    """
    title = case.customer if case.customer and (not outside or about.may_be_named) else None
    called = quote(title) if title else "A customer"
    lead = f"{called} needs you: {reason(case)}"
    if about.repeat > 1:
        lead = f"Asked again ({_nth(about.repeat)} time): {lead}"
    if not about.is_last and case.is_open:
        text = f"{called}: asked again below · {case.id}"
        return message(f"{lead} ({case.id})", [small(text)])
    end = _end(case, who, about, title or "", outside=outside)
    return message(f"{lead} ({case.id})", [*_top(case, about, title, outside=outside), *end])


def _top(case: Case, about: PageContext, title: str | None, *, outside: bool) -> list[Block]:
    """Who, what they said, how much is at stake, what is asked, what was tried, where."""
    facts = about.particulars
    at_stake = [one for one in (facts.worth, facts.deadline) if one and not outside]
    needs = " needs you" if case.state is CaseState.PAGING and about.answer in ("", "not needed") else ""
    heading = " · ".join([f"{title or 'A customer'}{needs}", *at_stake])
    blocks: list[Block] = [header(heading[:150])]
    if late := _said_before(case):
        blocks.append(small(late))
    if about.repeat > 1:
        blocks.append(small(f":repeat: You are asked for the {_nth(about.repeat)} time. Since then: {about.since}."))
    lines = [f"*{sentence_case(reason(case))}*"]
    if not outside:
        lines += [line for one in about.quotations[:_MOST_QUOTED] for line in _quoted(one)]
    blocks.append(section("\n".join(lines)))
    if facts.asks and not outside and not any(facts.asks in one.text for one in about.quotations):
        blocks.append(section(f"*Asked of you:* {quote(facts.asks, 300)}"))
    where = f"<{about.link}|Open the thread>" if about.link and not outside else ""
    where = where or ("In a private channel that you are not in" if outside else f"In <#{case.channel}>")
    has_asked = case.asked_by == case.owner and any(one.criterion == ASKED for one in case.now_met)
    parts = [where, *([f"with <@{case.owner}>"] if case.owner and not has_asked else [])]
    if about.history and (not outside or about.may_be_named):
        parts.append(about.history)
    blocks.append(small(" · ".join(parts)))
    tried = [f"Before: {about.before}"] if about.before else []
    if case.state is CaseState.PAGING and about.coming and not about.answer:
        tried.append(f"Next, if nobody takes it: {about.coming}")
    if tried:
        blocks.append(small(". ".join(tried) + "."))
    return blocks


def _said_before(case: Case) -> str:
    """When the words were said, where that was long before anybody read them; else nothing."""
    stamps = [float(one.ts) for one in case.met if one.ts]
    said = datetime.fromtimestamp(min(stamps), UTC) if stamps else case.opened_at
    if case.opened_at - said < _NOT_AT_ONCE:
        return ""
    return f"Said {moment(said)}. I was away, and read it {moment(case.opened_at)}."


def _quoted(one: Quotation) -> list[str]:
    """A quotation with what counts in bold, and who wrote it when."""
    by = f" ({', '.join(part for part in (f'<@{one.author}>' if one.author else '', moment(one.at) if one.at else '') if part)})"
    return [f"> {_bold(one)}{by if one.author or one.at else ''}"]


def _bold(one: Quotation) -> str:
    """The words, escaped, with the evidence in bold."""
    text = " ".join(one.text.split())
    shown, done = "", 0
    for begins, ends in _merged(text, one.evidence):
        shown += _escaped(text[done:begins]) + f"*{quote(text[begins:ends], _LONGEST)}*"
        done = ends
    return (shown + _escaped(text[done:])).strip()


def _merged(text: str, evidence: Sequence[str]) -> list[tuple[int, int]]:
    """Where *evidence* stands in *text*, what overlaps or all but touches taken together."""
    flat = [" ".join(one.split()) for one in evidence]
    merged: list[tuple[int, int]] = []
    for begins, ends in sorted((at, at + len(one)) for one in flat if one and (at := text.find(one)) >= 0):
        ends += text[ends : ends + 1] == "%"
        if merged and begins <= merged[-1][1] + 2:
            merged[-1] = merged[-1][0], max(ends, merged[-1][1])
        else:
            merged.append((begins, ends))
    return merged


def _escaped(part: str) -> str:
    """A part of a line, with the spaces at its ends."""
    before, behind = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{before}{quote(part, _LONGEST)}{behind}" if part.strip() else part


def _nth(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}th")


def _end(case: Case, who: str, about: PageContext, title: str, *, outside: bool) -> list[Block]:
    value, about_whom = case.handle, title or case.id
    if case.state is CaseState.CLOSED:
        return _closed(case, who, about_whom)
    if case.state is CaseState.ACKNOWLEDGED and case.taken_until:
        if case.taken_by != who:
            return [small(f":raising_hand: <@{case.taken_by}> has it until {moment(case.taken_until)} · {case.id}")]
        return [
            section(f":raising_hand: You have it until {moment(case.taken_until)}. How long do you need?"),
            time_buttons(case, about_whom),
            actions(
                labelled("Pass it on", PASS_ON, value, about_whom),
                labelled("Resolve", RESOLVE, value, about_whom),
            ),
            small(case.id),
        ]
    if about.answer == "passed on":
        return _passed(case, about, about_whom)
    if about.answer == CALLED_OFF:
        told = (
            f":arrow_right: Somebody else was asked in your place: {about.passed_to}."
            if about.passed_to
            else "Called off."
        )
        return [section(told), actions(labelled("I have it after all", HAVE_IT, value, about_whom)), small(case.id)]
    if case.state is CaseState.OPEN and about.answer != "not needed":
        told = f"With <@{case.owner}> now; nobody is being asked." if case.owner else "Nobody is being asked."
        return [section(told), actions(labelled("I have it", HAVE_IT, value, about_whom)), small(case.id)]
    if about.answer == "not needed":
        rest = sentence_case(reason(case))
        told = f":white_check_mark: Not needed, and off. The case stays open: {rest}. Why? (This tunes the rule.)"
        return [section(told), why_not(case, about_whom), small(case.id)]
    cards = [] if outside or not about.cards else [small(":bulb: Cards for this"), _cards(about)]
    asked = [labelled("Ask to be added", ASK_TO_BE_ADDED, value, about_whom)] if outside else []
    for_long = span(case.roster.policy.acknowledged_for)
    return [
        *cards,
        actions(
            labelled("I have it", HAVE_IT, value, f"{about_whom}, for {for_long}", style="primary"),
            labelled("Pass it on", PASS_ON, value, about_whom),
            labelled("Not needed", NOT_NEEDED, value, about_whom),
            *asked,
        ),
        small(f"*I have it* makes it yours for {for_long}; you can change that afterwards · {case.id}"),
    ]


def time_buttons(case: Case, about_whom: str) -> Block:
    """How long whoever has it needs; what holds without an answer is the first."""
    default = span(case.roster.policy.acknowledged_for).replace("minutes", "min")
    others = {name: label for name, label in UNTILS.items() if label != default}
    choices = {"DEFAULT": default, **others}
    return actions(
        *(labelled(label, f"{UNTIL}{name}", case.handle, about_whom) for name, label in choices.items()),
        labelled("Pick a time", PICK_TIME, case.handle, about_whom),
    )


def _cards(about: PageContext) -> Block:
    return actions(
        *(
            labelled(one.name[:_LONGEST_LABEL], f"{PEEK}{at}", one.id, "opens the card")
            for at, one in enumerate(about.cards)
        )
    )


def _passed(case: Case, about: PageContext, about_whom: str) -> list[Block]:
    """You passed it on: to whom, and how to have it after all, or to give it to somebody else."""
    at = f" {moment(about.answered_at)}" if about.answered_at else ""
    to = f" to {about.passed_to}" if about.passed_to else ""
    told = f":arrow_right: You passed it{to or ' on'}{at}."
    if not about.passed_to:
        told += " You are the last in the chain: who takes it?"
    return [
        section(told),
        actions(
            person_select("Somebody else", PASS_TO),
            labelled("I have it after all", HAVE_IT, case.handle, about_whom),
            block_id=f"{PASS_TO}.{case.handle}",
        ),
        small(case.id),
    ]


def _closed(case: Case, who: str, about_whom: str) -> list[Block]:
    """How it ended; whoever said that it was not needed is asked why, in one tap that they may leave."""
    if (case.outcome or "").startswith("not needed") and case.closed_by == who:
        if case.outcome == "not needed":
            return [
                section(f":white_check_mark: Closed as not needed. Why? (This tunes the rule.) · {case.id}"),
                why_not(case, about_whom),
            ]
        return [small(f":white_check_mark: Closed as {escaped(case.outcome or '')}. Thank you · {case.id}")]
    return [small(f":white_check_mark: {closing(case)} · {case.id}")]


def why_not(case: Case, about_whom: str) -> Block:
    """One tap on why a page was not needed."""
    return actions(
        *(labelled(one.value.capitalize(), f"{NOT_NEEDED_FOR}{one.name}", case.handle, about_whom) for one in NotNeeded)
    )
