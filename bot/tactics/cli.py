"""What the command line asks of the cards: a search, one card, all of them, and how they did."""

from collections.abc import Sequence
from typing import Any

import click

from bot.errors import UserError
from bot.storage.database import Database
from bot.tactics.model import Card, FitLevel
from bot.tactics.playbook.watcher import ActivePlaybook
from bot.tactics.search.card_names import named_exactly
from bot.tactics.store import ThumbStore

FORM = '{"text": "what is happening"}'


def found(active: ActivePlaybook, question: Any, *, ungated: bool) -> dict[str, Any]:
    """The answer of ``find --jsonl`` to one line. Raises UserError for what is no question."""
    text = question.get("text") if isinstance(question, dict) else None
    if not isinstance(text, str):
        raise UserError(f"I could not read that line; each must be of the form {FORM}.")
    answer = active.search.find(text)
    shown = answer.matches if answer.fits or ungated else ()
    cards = [
        {
            "id": match.card.id,
            "score": match.share,
            "share": match.share,
            "why": list(active.search.why(text, match.card)),
        }
        for match in shown
    ]
    return {"cards": cards}


def print_found(active: ActivePlaybook, situation: str, *, ungated: bool, explain: bool = False) -> None:
    """The cards that fit, the best one open where that is sure; or else what may be going on. Or how it came about."""
    if explain:
        _print_explained(active, situation)
        return
    answer = active.search.find(situation)
    if not answer.matches:
        click.echo("I see no words in that. Tell me what is happening.")
        return
    if not answer.fits and not ungated:
        click.echo("No good match. What is going on? `toughcustomer cards` lists the cards of each:")
        for one in active.playbook.moments:
            click.echo(f"  {one.name}")
        return
    opened = answer.fit is FitLevel.SURE
    if not opened:
        click.echo("Which of these is it?")
    for place, match in enumerate(answer.matches):
        if place == 0 and opened:
            print_card(match.card, brief=True)
            click.secho(f"because of: {', '.join(active.search.why(situation, match.card))}", dim=True)
        else:
            click.echo()
            click.secho(match.card.name, bold=True, nl=False)
            click.echo(f"  toughcustomer card {match.card.id}\n{match.card.essence}")


def _print_explained(active: ActivePlaybook, situation: str) -> None:
    """How the answer came about, for those who keep the playbooks."""
    search = active.search
    answer, evidence = search.find(situation), search.evidence(situation)
    verdict = {
        FitLevel.SURE: "the first card is opened",
        FitLevel.UNSURE: "the person is asked which of these it is",
        FitLevel.NONE: "no card is shown",
    }
    gate = f"the gate stands at {evidence.gate:+.2f}, and lets through what is above 0"
    named = named_exactly(situation, active.playbook) is not None
    click.echo(f"{verdict[answer.fit]}; {'the text is the name of a card' if named else gate}")
    for match in answer.matches:
        click.secho(f"\n{match.share:.2f}  {match.card.id}", bold=True)
        click.echo(f"      words: {', '.join(search.telling(situation, match.card)) or 'none'}")
        click.echo(f"      its nearest example: {search.example(situation, match.card)}")
    click.echo(f"\nby words    {_listed(evidence.by_words)}")
    click.echo(f"by meaning  {_listed(evidence.by_meaning) or 'not compared'}")
    if evidence.nearest:
        click.echo("\nnearest of all examples:")
    for one in evidence.nearest:
        click.echo(f"  {one.likeness:.2f}  {', '.join(one.cards) or 'no card'}: {one.text}")


def _listed(shares: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{card_id} {share:.2f}" for card_id, share in shares)


def print_card(card: Card, *, brief: bool = False) -> None:
    """One card, whole or in brief."""
    click.secho(card.name, bold=True)
    click.echo(card.essence)
    if not brief:
        _print_list("When", card.when)
        _print_list("Not when", card.when_not)
        _print_list("Do", card.do)
    _print_list("Say", [f"“{line}”" for line in card.say])
    _print_list("Avoid", card.avoid)
    for tension in card.tensions[: 1 if brief else None]:
        click.echo(f"\nPulls against {tension.name}: {tension.advice}")
    if not brief:
        click.echo(f"\n{card.note}\n" if card.note else "")
        click.secho(f"for {card.audience}, stage {card.stage}, from {', '.join(card.sources)}", dim=True)


def _print_list(heading: str, lines: Sequence[str]) -> None:
    click.secho(f"\n{heading}", bold=True)
    for line in lines:
        click.echo(f"  {line}")


def print_thumbs(database: Database) -> None:
    """How each card did."""
    thumbs = ThumbStore(database).by_card()
    if not thumbs:
        click.echo("Nobody has pressed a thumb yet.")
    for one in thumbs:
        click.echo(f"{one.card_id:28} helped {one.helped:4}   did not {one.did_not:4}")
