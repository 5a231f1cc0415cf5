"""What the commands of the command line share: settings, the database, lines of JSON, and errors said plainly."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from dotenv import dotenv_values

from bot.config import Settings, dotenv_above
from bot.errors import PlaybookError, SettingsError, SlackAway, ToughCustomerError, UserError

if TYPE_CHECKING:
    from bot.storage.database import Database

UNUSABLE = 2  # exit status: settings, playbooks or a database that somebody has to mend
AWAY = 75  # Slack is away: nothing to mend here; EX_TEMPFAIL of sysexits.h


def environment() -> Mapping[str, str]:
    """The environment, and below it what stands in `.env`."""
    path = dotenv_above(Path.cwd())
    if path is None:
        return dict(os.environ)
    try:
        from_file = {name: value for name, value in dotenv_values(path).items() if value is not None}
    except UnicodeDecodeError as error:
        raise SettingsError([f"{path} is not UTF-8 text. Save it as UTF-8."]) from error
    return {**from_file, **os.environ}


def settings_in_force() -> Settings:
    """The settings, from both. Raises SettingsError."""
    return Settings.from_env(environment())


@contextmanager
def open_beside() -> "Iterator[Database]":
    """The bot's database, beside a running bot."""
    from bot.storage.sqlite import open_database

    found = open_database(settings_in_force().database, exclusive=False)
    try:
        yield found
    finally:
        found.close()


def answer_lines(answer: Callable[[Any], dict[str, Any]]) -> None:
    """Answer each line of JSON on standard input with one, at once; *answer* gets None for a line that is no JSON."""
    for line in sys.stdin:
        if not line.strip():
            continue
        began = time.perf_counter()
        try:
            question = json.loads(line.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            question = None
        try:
            found = answer(question)
            found |= {"ms": round((time.perf_counter() - began) * 1000, 2)}
        except UserError as error:
            found = {"error": str(error)}
        click.echo(json.dumps(found, ensure_ascii=False))
        sys.stdout.flush()


@contextmanager
def said_plainly() -> Iterator[None]:
    """Foreseen errors as sentences on standard error, with exit status 2, or 75 where Slack is away."""
    try:
        yield
    except (SettingsError, PlaybookError) as error:
        for mistake in error.mistakes:
            click.echo(mistake, err=True)
        sys.exit(UNUSABLE)
    except ToughCustomerError as error:
        click.echo(str(error), err=True)
        sys.exit(AWAY if isinstance(error, SlackAway) else UNUSABLE)
