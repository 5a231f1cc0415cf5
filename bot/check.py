"""`toughcustomer check`: everything that can be wrong before the bot runs, found at once."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot import time_zones
from bot.config import Settings
from bot.errors import PlaybookError, SettingsError, SlackAway, StorageError
from bot.escalations.playbook import watched
from bot.tactics.playbook.watcher import PlaybookWatcher

_PACKAGE = Path(__file__).resolve().parent
MANIFESTS = (_PACKAGE / "manifest.json", _PACKAGE.parent / "manifest.json")  # installed, and in a checkout


def looked_through(environ: Mapping[str, str]) -> tuple[list[str], list[str], str]:
    """All mistakes, a sentence each; what was found to be in order; and what is said of Slack where it is away."""
    away = ""
    mistakes: list[str] = []
    notes: list[str] = []
    try:
        settings = Settings.from_env(environ)
        notes.append("settings")
    except SettingsError as error:
        mistakes += error.mistakes
        settings = _what_can_be_used(environ)
    notes.append(time_zones.in_words())
    _check_playbooks(settings, mistakes, notes)
    _check_database(settings, mistakes, notes)
    if settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secret:
        try:
            settings.for_run()
        except SettingsError as error:
            mistakes += error.mistakes
    if settings.slack_bot_token:
        try:
            _check_token(settings, mistakes, notes)
        except SlackAway as error:
            away = f"{error} So the token was not tried."
    elif not environ.get("SLACK_BOT_TOKEN"):
        notes.append("no SLACK_BOT_TOKEN set, so nothing was asked of Slack")
    return mistakes, notes, away


def who_else_reads(path: Path) -> str:
    """A warning where others on this machine can read the `.env` at *path*; "" where nobody can."""
    others = path.stat().st_mode & 0o077
    if not others:
        return ""
    return f"other users of this machine can read {path}, which holds your tokens. Take it from them: chmod 600 {path}"


def _what_can_be_used(environ: Mapping[str, str]) -> Settings:
    """Playbooks and database as far as they are named, so that their mistakes are found in the same run."""
    usable = {name: environ[name] for name in ("PLAYBOOKS", "DATABASE_URL") if name in environ}
    try:
        return Settings.from_env(usable)
    except SettingsError:
        return Settings.from_env({name: value for name, value in usable.items() if name == "PLAYBOOKS"})


def _check_playbooks(settings: Settings, mistakes: list[str], notes: list[str]) -> None:
    try:
        library = PlaybookWatcher(settings.playbooks)
    except PlaybookError as error:
        mistakes += error.mistakes
        return
    playbook = library.active.playbook
    examples = sum(len(card.examples) for card in playbook.cards.values())
    notes.append(f"playbooks: {len(playbook.cards)} cards, {examples} examples")
    try:
        criteria = watched(settings.playbooks).now.criteria
        notes.append(f"escalation: {len(criteria.all)} criteria, their examples hold")
    except PlaybookError as error:
        mistakes += error.mistakes
    for text, card in library.astray():
        notes.append(f"look again: the example “{text[:80]}” is read as one of *{card.name}* ({card.id})")
    notes.append(f"search: {library.why_not_semantic or 'by words and by meaning'}")


def _check_database(settings: Settings, mistakes: list[str], notes: list[str]) -> None:
    from bot.storage.sqlite import open_database

    if not settings.database.exists():
        if not settings.database.resolve().parent.is_dir():
            mistakes.append(f"DATABASE_URL: there is no folder {settings.database.resolve().parent} for the database.")
        else:
            notes.append(f"database: {settings.database} will be made")
        return
    try:
        database = open_database(settings.database, exclusive=False)
        try:
            database.check_writable()
        finally:
            database.close()
        notes.append(f"database: {settings.database}")
    except StorageError as error:
        mistakes.append(str(error))


def _check_token(settings: Settings, mistakes: list[str], notes: list[str]) -> None:
    from bot.slack.bolt import client_for, who_am_i

    if not _reachable(settings.slack_api_url):
        raise SlackAway(f"{settings.slack_api_url} cannot be reached from here. Is this machine on the network?")
    try:
        client = client_for(settings.slack_bot_token, settings.slack_api_url, settings.slack_timeout)
        identity = who_am_i(client)
    except SettingsError as error:
        mistakes += error.mistakes
        return
    missing = _wanted_scopes() - identity.scopes if identity.scopes else set()
    if missing:
        mistakes.append(
            f"The token lacks the scopes {', '.join(sorted(missing))}. Add them in your app's page at "
            "api.slack.com/apps, OAuth & Permissions, and reinstall the app."
        )
    notes.append(f"token: workspace {identity.team_id}")


def _wanted_scopes() -> set[str]:
    """The bot's scopes by manifest.json."""
    manifest = next(path for path in MANIFESTS if path.is_file())
    return set(json.loads(manifest.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"])


def _reachable(url: str) -> bool:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), timeout=3).close()
    except OSError:
        return False
    return True
