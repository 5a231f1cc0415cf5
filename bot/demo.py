"""
`toughcustomer demo`: a workspace on this machine, the bot in it, and a page to use both in.

The bot is the one that `run` builds, connected over Slack's own protocol; only its clock is the workspace's.
"""

import json
import tempfile
import threading
import time as seconds
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot import app, tour
from bot.config import Settings, shipped_manifest
from bot.core import Core
from bot.delivery.queue import DeliveryQueue
from bot.demo_seed import ADA, HARBOUR_SALES, OMAR, PRIYA
from bot.emulator.clock import MovableClock
from bot.emulator.errors import CannotStart
from bot.emulator.manifest import read_manifest
from bot.emulator.seed import Seed
from bot.emulator.stories import PATIENCE_S, StoryBroken
from bot.emulator.workspace import SLACK_WAITS_S, Workspace
from bot.errors import SettingsError
from bot.followups.service import FollowUps
from bot.signals import ended_by_signals

_OFFICE = "Europe/Berlin"
_SETTLES_WITHIN_S, _LOOK_EVERY_S = 10.0, 0.01
_CALM_FOR, _LOOKS_PER_WAKE = 3, 20  # looks


@dataclass(frozen=True)
class DemoOptions:
    """The options of the command line."""

    port: int = 0
    as_json: bool = False
    no_bot: bool = False
    manifest: Path | None = None
    tour: bool = False
    text: bool = False
    whole: bool = False


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
            workspace.moves.settle = Settling(bot.core, over)
            try:
                bot.start()
                return _show(workspace, asked, over)
            finally:
                bot.stop()
        finally:
            workspace.stop()


class Settling:
    """
    Waits until the bot of *core* has done what is due, and tells when the next thing is.

    With it the workspace's clock stops there on its way: a bot that sees its clock jump by an hour calls late whatever
    was due in that hour, and rightly. It waits no more once it is *over*.
    """

    def __init__(self, core: Core, over: threading.Event) -> None:
        self._core = core
        self._over = over
        self._queue = DeliveryQueue(core.outbox)  # to ask, not to send
        follow_ups = core.installed["followups"].follow_ups  # type: ignore[attr-defined]
        assert isinstance(follow_ups, FollowUps)
        self._promises = follow_ups.promises

    def __call__(self) -> datetime | None:
        until = seconds.monotonic() + _SETTLES_WITHIN_S
        calm = looks = 0
        while calm < _CALM_FOR and seconds.monotonic() < until and not self._over.is_set():
            calm = 0 if self._is_busy() else calm + 1
            if looks % _LOOKS_PER_WAKE == 0:
                self._core.sender.wake()
            looks += 1
            seconds.sleep(_LOOK_EVERY_S)
        now = self._core.clock.now()
        return min((at for at in self._dates() if at > now), default=None)

    def _is_busy(self) -> bool:
        """Whether anything is due, or on its way: looked at in the order in which it goes, so that nothing slips by."""
        now = self._core.clock.now()
        if any(at <= now for at in self._dates()) or self._promises.broken() or self._core.inbox.waiting():
            return True
        counts = self._queue.counts()
        return bool(counts.get("claimed") or counts.get("sending"))

    def _dates(self) -> list[datetime]:
        """When something is to be fired, and then posted or looked for, next."""
        dates = self._core.sender.timers.next_due(self._core.clock.now())
        at = self._core.sender.next_at()
        return dates if at is None else [*dates, at]


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
        return tour.told(workspace, click.echo, over, tour.JOURNEYS if asked.whole else tour.SHORT)
    if asked.as_json:
        click.echo(json.dumps(workspace.invitation()))
    else:
        click.echo(f"\n  A Slack workspace with toughcustomer in it:  {workspace.page_url}\n")
        what = "the tour begins" if asked.tour else "type  /toughcustomer he wants to talk to my boss"
        click.echo(f"  Open it in a browser, and {what}.")
        click.echo("  Ctrl-C ends it all and leaves nothing behind.\n")
    if asked.tour:
        _play(workspace, over, tour.JOURNEYS if asked.whole else tour.SHORT)
    over.wait()
    click.echo("Ending …", err=True)
    return True


def _play(workspace: Workspace, over: threading.Event, journeys: Sequence[tour.Journey]) -> None:
    """Play the tour in the page, once somebody looks."""
    while not over.wait(0.2):
        if workspace.page.is_watched:
            try:
                tour.played(workspace, over, journeys)
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
