"""Whom a reminder is for, by the words behind `remind`: me, @dana, a name; or a question where that is not sure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.text import plain
from bot.slack.users import Users

REMIND_ELSEWHERE = (  # "remind me" in other languages
    *("recuérdame", "recuerdame", "recordarme", "rappelle-moi", "rappelez-moi", "lembra-me", "lembre-me", "lembrar-me"),
    *("erinnere mich", "erinner mich", "erinnert mich", "remindme", "nudge me", "ping me", "notify me", "alert me"),
)
_VERB = re.compile(
    rf"(?:^|\s)(?:follow[- ]?up|remind(?:er)?|promise|{'|'.join(REMIND_ELSEWHERE)})\b(?:[\s,]|:(?=\s))*", re.I
)
_ME = re.compile(r"(?:me|myself)\b[\s:,]*", re.I)
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*+)?>")
_SEVERAL = re.compile(
    r"<!subteam\^[A-Z0-9]+(?:\|[^<>]*+)?>|<!(?:here|channel|everyone)(?:\|[^<>]*+)?>|<#[A-Z0-9]+(?:\|[^<>]*+)?>"
    r"|@(?:here|channel|everyone)\b|#[\w-]+"
    r"|(?:the\s+(?:whole\s+|sales\s+|entire\s+)?(?:team|channel|group|guys)|everyone|everybody|all of us|us all|us|"
    r"them)\b",
    re.I,
)
_TYPED = re.compile(r"@([\w][\w.'-]*)")
_BARE = re.compile(r"([A-Za-z][\w.'-]+)(?=\s)")
_AND = re.compile(r"\s*(?:,|&|\+|\band\b|\bund\b|\by\b|\bet\b|\be\b)\s*|\s+(?=<@|@)", re.I)
_DANGLING = re.compile(r"\s*(?:,|&|\+|\band\b)\s*([A-Za-z][\w.'-]+)(?=\s)", re.I)
_ONE_AT_A_TIME = "I remind one person at a time, so that somebody feels asked. Who is it?"
_MOST = 4  # people that are offered


@dataclass(frozen=True, slots=True)
class Whom:
    """
    *owner* is an id, or None for whoever asks; *rest* is what follows, as people see it.

    Where *asks* is not empty, it is a question, and *people* are the likeliest, by id and name; *raw* is what follows
    as Slack sends it, *mine* what is typed instead for whoever asks.
    """

    owner: str | None
    rest: str
    asks: str = ""
    people: Sequence[tuple[str, str]] = ()
    raw: str = ""
    mine: str = ""


def whom(raw: str, users: Users, *, by: str, is_reminder: bool) -> Whom | None:
    """
    Whom the command *raw* (as Slack sends it) is for; None where it begins with no verb of ours.

    A bare name counts only where *is_reminder*: behind "remind" people stand, behind "follow-up" customers do. May ask
    Slack who there is.
    """
    verb = _VERB.search(raw)
    if verb is None:
        return None
    rest = re.sub(r"^for\s+(?=me\b|@|<@)", "", raw[verb.end() :], flags=re.I)
    people, several, unknown, at = _all_named(rest, words=is_reminder)
    dangling = _DANGLING.match(rest, at) if at else None
    if dangling and is_reminder and (also := users.named(dangling[1])):
        people, at = [*people, *(one.id for one in also)], dangling.end()
    if len(people) == 1 and not several and not unknown and at:
        owner = None if people[0] in ("", by) else people[0]
        return Whom(owner, plain(re.sub(r"^[\s:,]*(?:and\s+)?", "", rest[at:])))
    if not at:
        return _bare(rest, users) if is_reminder else Whom(None, plain(rest))
    raw_rest = rest[at:].lstrip(" :,")
    is_one = len(unknown) == 1 and not people and not several
    exact = users.named(unknown[0]) if is_one else []
    if len(exact) == 1:
        return Whom(exact[0].id if exact[0].id != by else None, plain(raw_rest))
    known = [one or by for one in people]
    known += [one.id for name in unknown for one in users.named(name, near=True)]
    if not is_one:
        asks = _ONE_AT_A_TIME
    elif exact:
        asks = f"{len(exact)} people are called {unknown[0]}. Whom shall I remind?"
    else:
        asks = f"I know nobody called @{unknown[0]}. Whom shall I remind?"
    shown = [(one, users.shown(one)) for one in list(dict.fromkeys(known))[:_MOST]]
    return Whom(None, plain(raw_rest), asks, shown, raw_rest)


def _all_named(rest: str, *, words: bool) -> tuple[list[str], bool, list[str], int]:
    """The ids ("" for me) and typed names that *rest* begins with, whether a group is one of them, where they end."""
    people: list[str] = []
    unknown: list[str] = []
    several, at, end = False, 0, 0
    while True:
        if words and (found := _ME.match(rest, at)):
            people.append("")
        elif found := _PERSON.match(rest, at):
            people.append(found[1])
        elif (found := _SEVERAL.match(rest, at)) and (words or found[0][0] in "<@#"):
            several = True
        elif found := _TYPED.match(rest, at):
            unknown.append(found[1].rstrip("."))
        else:
            return people, several, unknown, end
        end = found.end()
        more = _AND.match(rest, end)
        if more is None:
            return people, several, unknown, end
        at = more.end()


def _bare(rest: str, users: Users) -> Whom:
    """Behind "remind" may stand somebody's name without its @: then it is asked, since it may be a customer's."""
    people: list[tuple[str, str]] = []
    names: list[str] = []
    at = end = 0
    while found := _BARE.match(rest, at):
        called = users.named(found[1])
        if not called:
            break
        people += [(one.id, one.shown) for one in called]
        names.append(found[1])
        end = found.end()
        more = _AND.match(rest, end)
        if more is None:
            break
        at = more.end()
    if not people:
        return Whom(None, plain(rest))
    asks = f'Is "{names[0]}" who shall be reminded?' if len(names) == 1 else _ONE_AT_A_TIME
    return Whom(None, plain(rest), asks, people[:_MOST], rest[end:].lstrip(" :,"))


def nobody_called(name: str, rest: str) -> Whom:
    """Behind "remind" stands a name that nobody has, before what somebody is to do."""
    behind = rest[len(name) :].lstrip(" :,")
    asks = f"I know nobody called {name}. Whom shall I remind?"
    return Whom(None, rest, asks, (), behind, mine=f"follow-up {name}: {behind}")
