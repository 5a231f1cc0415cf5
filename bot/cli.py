"""The command line, `toughcustomer …`: one function a command; what it shows is made in its feature's `cli.py`."""

import gc
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import __version__, log
from bot.config import Settings, dotenv_above
from bot.errors import UserError
from bot.terminal import AWAY, UNUSABLE, answer_lines, environment, open_beside, said_plainly, settings_in_force

if TYPE_CHECKING:
    from bot.tactics.playbook.watcher import PlaybookWatcher

_READERS_END = timedelta(seconds=3)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """The right tactic card for a difficult customer, in Slack and here."""


@main.command()
def run() -> None:
    """Run the bot: over Socket Mode if SLACK_APP_TOKEN is set, else over HTTP."""
    with said_plainly():
        settings = settings_in_force().for_run()
        log.configure(settings.log_level)
        from bot import app
        from bot.clock import SystemClock
        from bot.signals import ended_by_signals

        bot = app.build(settings, SystemClock())
        with ended_by_signals(bot.end):
            try:
                bot.start()
                where = "Socket Mode" if settings.socket_mode else f"http://{settings.host}:{bot.port}/slack/events"
                click.echo(f"ready: {where}", err=True)
                asked_for = bot.wait()
            finally:
                bot.stop()
    sys.stderr.flush()
    os._exit(0 if asked_for else 1)  # all is closed; a call to Slack that hangs must not hold the process


@main.command()
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Where to serve the page; else any free port.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line with addresses, tokens and ids.")
@click.option("--no-bot", is_flag=True, help="The workspace alone, for another program; prints the JSON line.")
@click.option("--manifest", type=click.Path(path_type=Path), help="The manifest of the app to be installed.")
@click.option("--tour", is_flag=True, help="Play a story of 90 seconds in the page, with captions.")
@click.option("--all", "whole", is_flag=True, help="With --tour: all journeys, in about five minutes.")
@click.option("--text", is_flag=True, help="With --tour: print them instead, and end; status 1 where a step failed.")
def demo(*, port: int, as_json: bool, no_bot: bool, manifest: Path | None, tour: bool, whole: bool, text: bool) -> None:
    """The bot in a Slack workspace emulated on this machine: no account, no token."""
    with said_plainly():
        if (text or whole) and not tour:
            raise UserError("--text prints the tour, --all plays all of it: toughcustomer demo --tour --text")
        if tour and no_bot:
            raise UserError("The tour needs the bot: leave --no-bot or --tour out.")
        try:
            from bot import demo as stage
        except ImportError as error:
            if error.name != "aiohttp":
                raise
            raise UserError("The demo needs the extra `demo`: pip install 'toughcustomer[demo]'") from error
        values = {name: value for name, value in environment().items() if name in ("PLAYBOOKS", "LOG_LEVEL")}
        log.configure(values.get("LOG_LEVEL") or "ERROR")
        asked = stage.DemoOptions(port, as_json, no_bot, manifest, tour, text, whole)
        went_well = stage.run(asked, Settings.from_env(values))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if went_well else 1)  # all is closed; nothing that hangs must hold the process


@main.command()
def check() -> None:
    """Check settings, playbooks and database, and the token where Slack can be reached; all mistakes at once."""
    from bot.check import looked_through, who_else_reads

    with said_plainly():
        environ = environment()
    mistakes, notes, away = looked_through(environ)
    if path := dotenv_above(Path.cwd()):
        click.echo(f"ok: {path} is read")
        if warning := who_else_reads(path):
            click.echo(f"warning: {warning}", err=True)
    for note in notes:
        click.echo(f"ok: {note}")
    for mistake in mistakes:
        click.echo(mistake, err=True)
    if mistakes:
        click.echo(f"{len(mistakes)} mistake{'s' * (len(mistakes) > 1)}.", err=True)
    if away:
        click.echo(away, err=True)
    sys.exit(UNUSABLE if mistakes else AWAY if away else 0)


@main.command()
@click.argument("text", nargs=-1)
@click.option("--jsonl", is_flag=True, help='Read {"text": …} lines from standard input, answer each with a line.')
@click.option("--words-only", is_flag=True, help="Leave the semantic half out.")
@click.option("--ungated", is_flag=True, help="Always answer, even where nothing fits well.")
@click.option("--explain", is_flag=True, help="Show how the answer comes about; not with --jsonl.")
def find(text: tuple[str, ...], *, jsonl: bool, words_only: bool, ungated: bool, explain: bool) -> None:
    """Find the cards that fit TEXT, or what stands on standard input."""
    from bot.tactics.cli import found, print_found

    with said_plainly():
        if jsonl and explain:
            raise UserError("--explain is for one text; leave --jsonl out.")
        library = _library(semantic=not words_only)
        if jsonl:
            answer_lines(lambda question: found(library.active, question, ungated=ungated))
            return
        if not (situation := " ".join(text) or (sys.stdin.read() if not sys.stdin.isatty() else "")).strip():
            raise UserError('Tell me what is happening: toughcustomer find "she keeps interrupting and shouting"')
        print_found(library.active, situation, ungated=ungated, explain=explain)


@main.command()
@click.option("--used", is_flag=True, help="How often each card was shown to have helped, from the database.")
def cards(*, used: bool) -> None:
    """List all cards by moment."""
    from bot.tactics.cli import print_thumbs

    with said_plainly():
        if used:
            with open_beside() as database:
                print_thumbs(database)
            return
        playbook = _library(semantic=False).active.playbook
        for moment in playbook.moments:
            click.secho(moment.name, bold=True)
            for card in playbook.by_moment[moment.id]:
                click.echo(f"  {card.id:28}{card.name}")


@main.command()
@click.argument("name", nargs=-1, required=True)
def card(name: tuple[str, ...]) -> None:
    """Show the card called NAME; typos are forgiven."""
    from bot.tactics.cli import print_card
    from bot.tactics.search.card_names import card_named, near_names

    with said_plainly():
        playbook = _library(semantic=False).active.playbook
        typed = " ".join(name)
        found = card_named(typed, playbook)
        if found is None:
            near = ", ".join(card.id for card in near_names(typed, playbook))
            hint = f"Did you mean {near}?" if near else "`toughcustomer cards` lists them all."
            raise UserError(f'There is no card "{typed}". {hint}')
        print_card(found)


@main.command()
@click.argument("text", nargs=-1)
@click.option("--jsonl", is_flag=True, help='Read {"text": …, "now": …, "tz": …} lines, answer each with a line.')
@click.option("--now", help="The moment it is said, as 2026-12-21T08:40:00-06:00; by default now.")
@click.option(
    "--tz", default="", help="The time zone of whoever says it, as Europe/Berlin; by default TIMEZONE or UTC."
)
@click.option("--locale", default="en-US", help="Their language and country: whether 12/3 is in December.")
def when(text: tuple[str, ...], *, jsonl: bool, now: str | None, tz: str, locale: str) -> None:
    """Read the date in TEXT as a follow-up would be understood."""
    from bot.followups.cli import answer, in_words

    with said_plainly():
        if jsonl:
            answer_lines(answer)
            return
        typed = " ".join(text)
        if not typed.strip():
            raise UserError('Write what somebody says: toughcustomer when "Acme friday 3pm send the options"')
        zone = tz or environment().get("TIMEZONE", "").strip() or "UTC"
        found = answer({"text": typed, "now": now, "tz": zone, "locale": locale})
        click.echo(in_words(found, zone))
    sys.exit(1 if found["kind"] == "error" else 0)


@main.command()
@click.argument("text", nargs=-1)
@click.option(
    "--jsonl", is_flag=True, help='Read {"messages": [{"role": …, "text": …}]} lines, answer each with a line.'
)
def detect(text: tuple[str, ...], *, jsonl: bool) -> None:
    """Read TEXT, said by anybody, for the criteria of an escalation."""
    from bot.escalations.cli import met, told
    from bot.escalations.playbook import watched

    with said_plainly():
        criteria = watched(settings_in_force().playbooks).now.criteria
        gc.freeze()  # the frames stay for good
        if jsonl:
            answer_lines(lambda question: met(criteria, question))
            return
        said = " ".join(text) or (sys.stdin.read() if not sys.stdin.isatty() else "")
        if not said.strip():
            raise UserError('Write what somebody says: toughcustomer detect "she wants to speak to my manager"')
        verdict, *lines = told(criteria, said)
        click.secho(verdict, bold=True)
        for line in lines:
            click.echo(line)


@main.command()
@click.argument("ident", metavar="ID")
def why(ident: str) -> None:
    """Tell what became of the follow-up or case ID, such as F12 or E7; also beside a running bot."""
    from bot.commands.why import ShortId
    from bot.features import shipped

    tellers = {feature.letter: feature.stories for feature in shipped() if feature.stories}
    with said_plainly():
        asked = ShortId.read(ident)
        if asked is None or asked.letter not in tellers:
            raise UserError(f'"{ident}" is no id of a follow-up or a case; those are F12 or E7, in small print.')
        settings = settings_in_force()
        with open_beside() as database:
            lines = list(tellers[asked.letter](database, asked.number, settings.timezone or "UTC"))
        if not lines:
            raise UserError(f"There is no {asked.letter}{asked.number} in this database. It may have been purged.")
        for line in lines:
            click.echo(line)


@main.command()
@click.option("--customer", help="All that is kept of this customer: cases, follow-ups, messages, deliveries.")
@click.option("--user", help="What this person (an id such as U012AB3CD) said and was sent, and their id everywhere.")
@click.option("--to", "heir", help="With --user: who (an id) gets what is open and would be left without anybody.")
@click.option("--before", help="All that ended before this day, as 2026-06-30.")
def purge(customer: str | None, user: str | None, heir: str | None, before: str | None) -> None:
    """Remove what was kept, and say what; also beside a running bot. After an interruption, run it again."""
    from bot.features import shipped
    from bot.storage.purge import purge_before, purge_customer, purge_user, settings_naming, wipe_log

    parts = [feature.purge for feature in shipped() if feature.purge]
    with said_plainly():
        if sum(one is not None for one in (customer, user, before)) != 1:
            raise UserError("Say what to remove: one of --customer NAME, --user ID, --before 2026-06-30.")
        for one in (user, heir):
            if one and not re.fullmatch(r"[UW][A-Z0-9]{2,}", one):
                raise UserError(
                    f'"{one}" is no id of a person. In Slack: their profile, the three dots, Copy member ID.'
                )
        if heir and (not user or heir == user):
            raise UserError("--to names who gets what is open of the person in --user, and is somebody else.")
        day = _day(before) if before else None
        with open_beside() as database:
            if day:
                removed = purge_before(database, day, parts)
            elif customer:
                removed = purge_customer(database, customer, parts)
            else:
                removed = purge_user(database, str(user), parts, to=heir)
            still = settings_naming(database, user) if user else []
            gone = wipe_log(database, within=_READERS_END)
        handed = removed.pop("handed over", 0)
        _say_what_went(removed, handed, user, still, gone)


def _say_what_went(removed: dict[str, int], handed: int, user: str | None, still: list[str], is_gone: bool) -> None:
    click.echo("Removed: " + ", ".join(f"{count} {what}" for what, count in removed.items()) + ".")
    if not is_gone:
        click.echo(
            "Some other program is reading the database: until it has ended, what was removed still stands in the "
            "file that ends with -wal. The bot takes it out of there within ten minutes of that.",
            err=True,
        )
    if handed:
        click.echo(f"Handed over, each to somebody who is told of it: {handed} open follow-ups and cases.")
    if still:
        click.echo(
            f"The settings made in Slack ({', '.join(still)}) still name {user}; whom to page is not changed "
            "unasked. An admin takes them out with `/toughcustomer settings`."
        )
    if user and user in (named := settings_in_force()).admins + named.managers:
        click.echo(f"ADMINS or MANAGERS still names {user}: take them out of the bot's settings, and start it again.")


def _day(typed: str) -> datetime:
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UserError(f'"{typed}" is no day; write it as 2026-06-30.') from None
    if day > datetime.now(UTC):
        raise UserError(f"{typed} is still to come; nothing was removed.")
    return day


@main.command("follow-ups")
@click.option("--ics", "file", type=click.Path(path_type=Path), help="Write them to FILE, for calendar programs.")
@click.option("--owner", default="", help="Those of one person alone, by their member id.")
def follow_ups(*, file: Path | None, owner: str) -> None:
    """List what is open, or write it as a calendar; also beside a running bot."""
    from bot.followups.cli import listed, write_calendar

    with said_plainly(), open_beside() as database:
        zone = settings_in_force().timezone or "UTC"
        if file is None:
            for line in listed(database, owner, zone):
                click.echo(line)
            return
        count = write_calendar(database, file, owner, datetime.now(UTC))
        click.echo(
            f"{file} holds {count} follow-up{'s' * (count != 1)}, for this moment: write it anew when they change."
        )


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the database to the new FILE, complete and consistent; also beside a running bot."""
    from bot.storage.backup import back_up

    with said_plainly():
        back_up(settings_in_force().database, file)
        click.echo(f"{file} holds all that was stored by now.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put the backup FILE in the place of the database, for a bot that does not run, and say what was done."""
    from bot.storage.restore import restore

    with said_plainly():
        for line in restore(settings_in_force().database, file, datetime.now(UTC)).lines():
            click.echo(line)


@main.command()
def version() -> None:
    """Say which version this is."""
    click.echo(__version__)


def _library(*, semantic: bool) -> "PlaybookWatcher":
    """For the terminal: tokens and the like may be missing or wrong, the playbooks may not."""
    from bot.tactics.playbook.watcher import PlaybookWatcher

    folder = environment().get("PLAYBOOKS", "").strip()
    return PlaybookWatcher(Path(folder).expanduser() if folder else Settings().playbooks, semantic=semantic)
