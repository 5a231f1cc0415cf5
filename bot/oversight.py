"""Oversight: what the bot's health is made of, the self-audit, the figures, and the heartbeat to whoever watches."""

import platform
from datetime import datetime
from pathlib import Path

from bot import __version__
from bot.audit import EVERY, listed
from bot.clock import stamp
from bot.core import Core
from bot.delivery.lateness import Lateness
from bot.errors import StorageUnavailable
from bot.heartbeat import Heartbeat
from bot.slack.backlog import EventBacklog
from bot.slack.block_kit import moment, sentence
from bot.slack.catch_up import BEAT_EVERY, TOLD_FROM, Gap
from bot.slack.event_rows import Event
from bot.slack.health import Turns
from bot.storage import quarantine
from bot.storage.database_files import LOG, beside

_TRY_THE_DISK_EVERY_S = 30.0  # it is a write, and waits where another program writes


class EndOfStep:
    """A timer of the sender's with nothing due: it is asked for its next time as the last thing of each step."""

    def __init__(self, turned: Turns) -> None:
        self._turned = turned

    def fire_due(self, now: datetime) -> int:
        """Nothing is ever due."""
        return 0

    def next_due(self) -> datetime | None:
        """Nothing is ever due; but a step has come to its end."""
        self._turned()
        return None


class Oversight:
    """Watches over *core*. To be made before it is started."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._lateness = Lateness(core.outbox, core.clock, core.settings.slack_timeout, core.sender.what_slack_refuses)
        self._backlog = EventBacklog(core.database, core.clock, core.team_id)
        self._heartbeat: Heartbeat | None = None
        if core.settings.heartbeat_url:
            self._heartbeat = Heartbeat(core.settings.heartbeat_url, self._is_all_well)
        self._watch_loops()
        self._add_checks()
        self._add_figures()
        core.jobs.every(EVERY, "audit", core.audit.run)
        core.jobs.every(BEAT_EVERY, "catching up", core.catch_up.beat, at_once=True)
        core.catch_up.told = self._tell_of_gap
        core.inbox.on_missed(core.catch_up.missed)
        core.inbox.on_dead(self._tell_of_dead)

    def start(self) -> None:
        """Begin, once the bot serves."""
        self._core.health.start()
        if self._heartbeat:
            self._heartbeat.start()

    def stop(self) -> None:
        """Watch no more."""
        if self._heartbeat:
            self._heartbeat.stop()
        self._core.health.stop()

    def _tell_of_gap(self, gap: Gap) -> None:
        """Admins hear of what was said while nobody listened, where Slack itself does not repeat it any more."""
        if gap.until - gap.since <= TOLD_FROM:
            return
        text = (
            f"I heard nothing from {moment(gap.since)} to {moment(gap.until)}. What was said meanwhile in escalation "
            f"channels and open threads I have read now ({gap.read} new messages). Commands, direct messages, and "
            "mentions elsewhere that came then are not answered: please ask again."
        )
        self._core.notices.tell(f"gap:{stamp(gap.since)}", sentence(text))

    def _tell_of_dead(self, event: Event, reference: str) -> None:
        where = f" in <#{event['channel']}>" if event.get("channel") else ""
        text = (
            f"Something that was said{where} could not be read, however often I tried. It stays in the inbox, and the "
            f"log tells more under {reference}."
        )
        self._core.notices.tell(f"dead:{reference}", sentence(text))

    def _is_all_well(self) -> bool:
        return self._core.health.is_well() and self._core.audit.is_clean()

    def _watch_loops(self) -> None:
        core, health = self._core, self._core.health
        core.sender.add_timer(EndOfStep(health.loop("delivery")))
        core.redraws.turned = health.loop("redraws")
        health.alive("jobs", core.jobs.what_has_stopped)

    def _add_checks(self) -> None:
        core, health = self._core, self._core.health
        health.check("database", self._what_cannot_be_stored, needed=True, every_s=_TRY_THE_DISK_EVERY_S)
        health.check("database_log", core.database.what_is_wrong)
        health.check("delivery", core.sender.what_is_wrong)
        health.check("redraws", core.redraws.what_is_wrong)
        health.check("worker", core.jobs.what_fails)
        health.check("late", self._lateness.what_is_late)
        health.check("stuck", self._lateness.what_is_stuck)
        health.check("events", self._backlog.what_waits)
        health.check("dead_events", self._backlog.what_is_dead)
        health.check("quarantine", self._what_is_set_aside)
        health.check("withheld", core.catch_up.what_is_wrong)
        health.check("audit", core.audit.what_is_wrong)
        health.note("version", lambda: __version__)
        health.note("events_waiting", core.inbox.waiting)
        health.note("messages", core.sender.counts)

    def _what_cannot_be_stored(self) -> str | None:
        try:
            self._core.database.check_writable()
        except StorageUnavailable as error:
            return str(error)
        return None

    def _what_is_set_aside(self) -> str | None:
        found = quarantine.names(self._core.database, self._core.team_id)
        return f"rows that cannot be read: {listed(found)}" if found else None

    def _how_many_set_aside(self) -> float:
        return float(sum(quarantine.count(self._core.database, self._core.team_id).values()))

    def _add_figures(self) -> None:
        core, add = self._core, self._core.figures.add
        python = platform.python_version()
        add("build_info", "Version", lambda: {(__version__, python): 1}, labels=("version", "python"))
        add("well", "1 while the health report is good", lambda: float(core.health.is_well()))
        add("messages", "Messages not sent yet, or never", lambda: _by(core.sender.counts()), labels=("state",))
        add(
            "oldest_unsent_seconds",
            "For how long the oldest message that waits to be sent has waited",
            lambda: self._lateness.oldest().total_seconds(),
        )
        add("redraws_waiting", "Things whose messages are to be drawn anew", self._lateness.redraws)
        add("events", "Events that are not done", lambda: _by(self._backlog.counts()), labels=("state",))
        add("set_aside", "Rows that could not be read", self._how_many_set_aside)
        add("audit_findings", "What the last self-audit found", lambda: len(core.audit.findings))
        add("audit_found", "All findings since the start", lambda: core.audit.count, counts=True)
        add(
            "loop_age_seconds",
            "Time since a loop last turned",
            lambda: {(name,): turns.age() for name, turns in core.health.loops.items()},
            labels=("loop",),
        )
        add(
            "slack_calls",
            "Calls to Slack by what became of them",
            core.calls.all,
            labels=("method", "outcome"),
            counts=True,
        )
        add("wal_bytes", "Size of the database's write-ahead log", lambda: _size(core.settings.database))
        if self._heartbeat:
            add("heartbeat_age_seconds", "Time since a heartbeat last arrived", self._heartbeat_age)

    def _heartbeat_age(self) -> float:
        age = self._heartbeat.age() if self._heartbeat else None
        return float("inf") if age is None else age


def _by(counts: dict[str, int]) -> dict[tuple[str, ...], float]:
    return {(state,): float(number) for state, number in counts.items()}


def _size(database: Path) -> int:
    log = beside(database, LOG)
    return log.stat().st_size if log.exists() else 0
