"""
`toughcustomer demo`: a workspace on this machine, the bot in it, and a page to use both in.

The bot is the one that `run` builds, connected over Slack's own protocol; only its clock is the workspace's.
"""

import json
import tempfile
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot import app, tour
from bot.config import Settings, shipped_manifest
from bot.demo_seed import ADA, HARBOUR_SALES, OMAR, PRIYA
from bot.emulator.clock import MovableClock
from bot.emulator.errors import CannotStart
from bot.emulator.manifest import read_manifest
from bot.emulator.seed import Seed
from bot.emulator.stories import PATIENCE_S, StoryBroken
from bot.emulator.workspace import SLACK_WAITS_S, Workspace
from bot.errors import SettingsError
from bot.signals import ended_by_signals

_OFFICE = "Europe/Berlin"


@dataclass(frozen=True)
class DemoOptions:
    """The options of the command line."""

    port: int = 0
    as_json: bool = False
    no_bot: bool = False
    manifest: Path | None = None
    tour: bool = False
    text: bool = False


def run(asked: DemoOptions, settings: Settings) -> bool:
    """
    Serve until Ctrl-C, or play the tour as text; True if all went well. Leaves nothing behind.

    *settings* give the playbooks; tokens and the database are the demo's own. Raises SettingsError, PlaybookError.
    """
    over = threading.Event()
    with ended_by_signals(over.set), tempfile.TemporaryDirectory(prefix="toughcustomer-demo-") as folder:
        clock = MovableClock(None if asked.no_bot else office_hours(datetime.now(UTC)))
        # what is told as text tells whether each step happened, however busy the machine
        waits = timedelta(seconds=PATIENCE_S) if asked.text else timedelta(seconds=SLACK_WAITS_S)
        workspace = _workspace(asked, clock, waits)
        try:
            if asked.no_bot:
                click.echo(json.dumps(workspace.invitation()))
                over.wait()
                return True
            bot = app.build(settings_for(workspace, settings, Path(folder)), workspace.clock, slack_waits=waits)
            try:
                bot.start()
                return _show(workspace, asked, over)
            finally:
                bot.stop()
        finally:
            workspace.stop()


def _workspace(asked: DemoOptions, clock: MovableClock, waits: timedelta) -> Workspace:
    try:
        manifest = read_manifest(asked.manifest or shipped_manifest())
        seed = Seed() if asked.no_bot and asked.manifest else HARBOUR_SALES  # another app's author has other people
        return Workspace(manifest, clock, seed, port=asked.port, waits_s=waits.total_seconds()).start()
    except CannotStart as error:
        raise SettingsError([str(error)]) from error


def office_hours(now: datetime) -> datetime:
    """*now*, or where nobody would be at work, twenty to ten on the next working day of the demo's people."""
    local = now.astimezone(ZoneInfo(_OFFICE))
    if local.weekday() < 5 and 8 <= local.hour < 17:
        return now
    day = local.date() + timedelta(days=local.hour >= 8)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, time(9, 40), ZoneInfo(_OFFICE)).astimezone(UTC)


def _show(workspace: Workspace, asked: DemoOptions, over: threading.Event) -> bool:
    if asked.text:
        return tour.told(workspace, click.echo, over)
    if asked.as_json:
        click.echo(json.dumps(workspace.invitation()))
    else:
        click.echo(f"\n  A Slack workspace with toughcustomer in it:  {workspace.page_url}\n")
        what = "the tour begins" if asked.tour else "type  /toughcustomer he wants to talk to my boss"
        click.echo(f"  Open it in a browser, and {what}.")
        click.echo("  Ctrl-C ends it all and leaves nothing behind.\n")
    if asked.tour:
        _play(workspace, over)
    over.wait()
    click.echo("Ending …", err=True)
    return True


def _play(workspace: Workspace, over: threading.Event) -> None:
    """Play the tour in the page, once somebody looks."""
    while not over.wait(0.2):
        if workspace.page.is_watched:
            try:
                tour.played(workspace, over)
            except StoryBroken as error:
                click.echo(f"The tour stopped: {error}", err=True)
            return


def settings_for(workspace: Workspace, settings: Settings, folder: Path) -> Settings:
    """The settings of a bot that lives in *workspace*, with its database in *folder*."""
    return replace(
        settings,
        slack_bot_token=workspace.tokens.bot,
        slack_app_token=workspace.tokens.app,
        slack_signing_secret="",
        slack_api_url=workspace.api_url,
        database=folder / "demo.db",
        admins=(ADA,),
        managers=settings.managers or (OMAR, PRIYA),
        escalation_channels=settings.escalation_channels or ("C0ESC",),
        port=None,
    )
