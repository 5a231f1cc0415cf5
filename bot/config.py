"""
Settings, from the environment or `.env`.

Every variable has a line in `.env.example`. Reading reports all mistakes at once; what only `run` needs (the tokens)
is asked for by `Settings.for_run`, so that the terminal commands work without any.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.errors import SettingsError
from bot.quantities import Hours

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
METRICS = ("LOCAL", "ON")
SLACK = "https://slack.com/api/"

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_PACKAGE = Path(__file__).resolve().parent

_BOT_TOKEN = (
    "it begins with xoxb- and stands in your app's page at api.slack.com/apps, under OAuth & Permissions, "
    "as Bot User OAuth Token"
)
_APP_TOKEN = (
    "it begins with xapp- and is made in your app's page at api.slack.com/apps, under Basic Information, "
    "App-Level Tokens, with the scope connections:write"
)
_SECRET = (
    "it is 32 digits and letters a-f, and stands in your app's page at api.slack.com/apps, "
    "under Basic Information, App Credentials"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run. Tokens are kept out of the repr."""

    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    slack_api_url: str = SLACK
    slack_timeout: timedelta = timedelta(seconds=15)
    settle: timedelta = timedelta(seconds=10)
    host: str = "127.0.0.1"
    port: int | None = None
    database: Path = Path("toughcustomer.db")
    playbooks: Path = field(default_factory=lambda: shipped_playbooks())
    admins: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    escalation_channels: tuple[str, ...] = ()
    working_hours: str = ""
    retention: timedelta = timedelta(days=180)
    timezone: str = ""
    log_level: str = "INFO"
    heartbeat_url: str = field(default="", repr=False)
    metrics: str = "LOCAL"
    calendar_url: str = ""

    @property
    def socket_mode(self) -> bool:
        """True when events come over Socket Mode; False when Slack calls us over HTTP."""
        return bool(self.slack_app_token)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """
        Read *environ*; an unset or empty variable means its default.

        Raises SettingsError with one sentence for each value that cannot be used.
        """
        read = _EnvironReader(environ)
        settings = cls(
            slack_bot_token=read.shaped("SLACK_BOT_TOKEN", r"xoxb-[\w-]{3,}", _BOT_TOKEN),
            slack_app_token=read.shaped("SLACK_APP_TOKEN", r"xapp-[\w-]{3,}", _APP_TOKEN),
            slack_signing_secret=read.shaped("SLACK_SIGNING_SECRET", r"[0-9a-f]{32}", _SECRET),
            slack_api_url=read.api_url("SLACK_API_URL"),
            slack_timeout=read.duration("SLACK_TIMEOUT", timedelta(seconds=15)),
            settle=read.duration("SETTLE", timedelta(seconds=10)),
            host=read.text("HOST", "127.0.0.1"),
            port=read.port("PORT"),
            database=read.database("DATABASE_URL"),
            playbooks=Path(read.text("PLAYBOOKS", str(shipped_playbooks()))).expanduser(),
            admins=read.people("ADMINS"),
            managers=read.people("MANAGERS"),
            escalation_channels=read.channels("ESCALATION_CHANNELS"),
            working_hours=read.hours("WORKING_HOURS"),
            retention=read.retention("RETENTION", timedelta(days=180)),
            timezone=read.zone("TIMEZONE"),
            log_level=read.choice("LOG_LEVEL", LOG_LEVELS, "INFO"),
            heartbeat_url=read.heartbeat_url("HEARTBEAT_URL"),
            metrics=read.choice("METRICS", METRICS, "LOCAL"),
            calendar_url=read.public_url("CALENDAR_URL"),
        )
        if read.mistakes:
            raise SettingsError(read.mistakes)
        return settings

    def for_run(self) -> "Settings":
        """These settings, once it is sure that `run` can use them; raises SettingsError otherwise."""
        mistakes = []
        if not self.slack_bot_token:
            mistakes.append(f"SLACK_BOT_TOKEN is not set: {_BOT_TOKEN}.")
        if not self.slack_app_token and not self.slack_signing_secret:
            mistakes.append(
                f"Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set. For Socket Mode set SLACK_APP_TOKEN: "
                f"{_APP_TOKEN}. For HTTP set SLACK_SIGNING_SECRET: {_SECRET}."
            )
        if self.calendar_url and self.socket_mode and self.port is None:
            mistakes.append(
                "CALENDAR_URL is set and PORT is not: in Socket Mode nothing listens there. Set PORT, or leave "
                "CALENDAR_URL empty."
            )
        if mistakes:
            raise SettingsError(mistakes)
        return self


def dotenv_above(folder: Path) -> Path | None:
    """
    The `.env` that is read by whoever runs the program in *folder*; None if there is none.

    It is the one in that folder. In a checkout it may also stand in a folder above, up to the checkout's own, which
    holds `pyproject.toml` or `.git`; a file further up is somebody else's.
    """
    above = [folder, *folder.parents]
    checkout = next((one for one in above if (one / "pyproject.toml").exists() or (one / ".git").exists()), folder)
    for one in above[: above.index(checkout) + 1]:
        if (one / ".env").is_file():
            return one / ".env"
    return None


def shipped_playbooks() -> Path:
    """The playbooks that come with the program: inside the installed package, or beside it in a checkout."""
    inside = _PACKAGE / "playbooks"
    return inside if inside.is_dir() else _PACKAGE.parent / "playbooks"


def shipped_manifest() -> Path:
    """The Slack app manifest that comes with the program, found in the same places."""
    inside = _PACKAGE / "manifest.json"
    return inside if inside.is_file() else _PACKAGE.parent / "manifest.json"


class _EnvironReader:
    """Reads single variables and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.mistakes: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self._environ.get(name, "").strip() or default

    def shaped(self, name: str, pattern: str, where: str) -> str:
        """A secret: its value is never repeated in the mistake."""
        value = self.text(name, "")
        if value and not re.fullmatch(pattern, value):
            self.mistakes.append(f"{name} does not look right: {where}.")
        return value

    def choice(self, name: str, accepted: tuple[str, ...], default: str) -> str:
        value = self.text(name, default).upper()
        if value not in accepted:
            self.mistakes.append(f'{name} is "{value}"; use one of {", ".join(accepted)}.')
            return default
        return value

    def duration(self, name: str, default: timedelta) -> timedelta:
        value = self.text(name, "")
        if not value:
            return default
        match = _DURATION.fullmatch(value)
        seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
        if not 0 < seconds <= 86400:
            self.mistakes.append(f'{name} is "{value}"; give a duration such as 15s, 1.5s or 2m, at most a day.')
            return default
        return timedelta(seconds=seconds)

    def port(self, name: str) -> int | None:
        value = self.text(name, "")
        if not value:
            return None
        if not value.isascii() or not value.isdigit() or not 0 <= int(value) <= 65535:
            self.mistakes.append(f'{name} is "{value}"; give a port number from 0 to 65535 (0: any free one).')
            return None
        return int(value)

    def people(self, name: str) -> tuple[str, ...]:
        ids = tuple(part.strip() for part in self.text(name, "").split(",") if part.strip())
        for wrong in (one for one in ids if not _PERSON.fullmatch(one)):
            self.mistakes.append(
                f'{name} holds "{wrong}"; give member ids such as U012AB3CD, separated by commas '
                "(in Slack: the person's profile, the three dots, Copy member ID)."
            )
        return ids

    def channels(self, name: str) -> tuple[str, ...]:
        ids = tuple(part.strip() for part in self.text(name, "").split(",") if part.strip())
        for wrong in (one for one in ids if not _CHANNEL.fullmatch(one)):
            self.mistakes.append(
                f'{name} holds "{wrong}"; give channel ids such as C012AB3CD, separated by commas '
                "(in Slack: the channel's name, at the foot of the window that opens)."
            )
        return ids

    def hours(self, name: str) -> str:
        value = self.text(name, "")
        try:
            return str(Hours.read(value)) if value else ""
        except ValueError as error:
            self.mistakes.append(f"{name}: {error}.")
            return ""

    def retention(self, name: str, default: timedelta) -> timedelta:
        value = self.text(name, "")
        days = re.fullmatch(r"(\d{1,5})\s*d(?:ays)?", value)
        if value and not (days and int(days[1]) >= 1):
            self.mistakes.append(f'{name} is "{value}"; give a number of days, such as 180d.')
            return default
        return timedelta(days=int(days[1])) if days else default

    def zone(self, name: str) -> str:
        value = self.text(name, "")
        try:
            return ZoneInfo(value).key if value else ""
        except (KeyError, ValueError, OSError):
            self.mistakes.append(f'{name} is "{value}"; give the name of a time zone such as Europe/Berlin.')
            return ""

    def api_url(self, name: str) -> str:
        value = self.text(name, SLACK)
        if not _is_safe(value):
            self.mistakes.append(
                f'{name} is "{value}"; use an https address, or http on this machine only, '
                "since the token would cross the network in clear."
            )
        return value if value.endswith("/") else f"{value}/"

    def heartbeat_url(self, name: str) -> str:
        """A secret, too: whoever knows it could send heartbeats."""
        value = self.text(name, "")
        if value and not _is_safe(value):
            self.mistakes.append(f"{name} cannot be used; give an https address, or http on this machine only.")
            return ""
        return value

    def public_url(self, name: str) -> str:
        """Where others reach this port, for addresses with a secret in them."""
        value = self.text(name, "")
        if value and not _is_safe(value):
            self.mistakes.append(
                f'{name} is "{value}"; give the https address under which calendar programs reach this port, '
                "or http on this machine only. Empty: there are no calendar addresses."
            )
            return ""
        return value

    def database(self, name: str) -> Path:
        value = self.text(name, "sqlite:///toughcustomer.db")
        if not value.startswith("sqlite:///") or value == "sqlite:///":
            self.mistakes.append(
                f'{name} is "{value}"; use sqlite:///toughcustomer.db (relative, three slashes) '
                "or sqlite:////srv/toughcustomer.db (absolute, four)."
            )
            return Path("toughcustomer.db")
        return Path(value.removeprefix("sqlite:///"))


def _is_safe(url: str) -> bool:
    """An address that may be asked with a secret: over https, or on this machine."""
    try:
        parts = urlsplit(url)
        usable = (
            bool(parts.hostname) and (parts.port is None or parts.port > 0) and url.isprintable() and " " not in url
        )
    except ValueError:
        return False
    return usable and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname)))


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
