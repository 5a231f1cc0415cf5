"""The form of a follow-up, filled in with what is known, and what somebody has filled in."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import FieldError, UserError
from bot.followups import buttons, forms
from bot.followups.about import customer_named, without_customer
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import read
from bot.followups.days_off import check_country, without_skipping
from bot.followups.model import LocalTime, NewFollowUp, Snooze, check_in_time, snoozed
from bot.followups.series import Series
from bot.followups.service import FollowUps
from bot.followups.subcommands import directly
from bot.followups.understanding import series_from
from bot.slack.channels import Channel
from bot.slack.context import SlackContext
from bot.slack.text import shortened

Json = dict[str, Any]
_REPEATS = "Write “every monday”, “every 2 weeks on friday” or “every month on the 1st”."
_LONGEST_FILLED_IN = 300  # characters of what somebody wrote: a reminder is read on a phone


class FollowUpForms:
    """Fills the form in, and reads it. Every method raises UserError with what to change."""

    def __init__(self, follow_ups: FollowUps, slack: SlackContext, clock: Clock) -> None:
        self._follow_ups = follow_ups
        self._users = slack.users
        self._channels = slack.channels
        self._clock = clock

    def filled_in(self, user: str, text: str, channel: str, thread_ts: str | None) -> Json:
        """The form for what somebody wrote: *user* is to do it tomorrow, about the customer whom *text* names."""
        due = snoozed(Snooze.TOMORROW, self._clock.now(), self._users.zone(user))
        customer = customer_named(text, self._follow_ups.customers()) or ""
        text = shortened(without_customer(" ".join(text.split()), customer), _LONGEST_FILLED_IN)
        about = {"channel": channel, "thread_ts": thread_ts}
        return forms.save_window(due, owner=user, channel=channel, customer=customer, text=text, about=about)

    def asked(self, user: str, about: Json, channel: str, thread_ts: str | None) -> Json:
        """The form for what was asked about: *about* is what a question's button carries."""
        due = snoozed(Snooze.TOMORROW, self._clock.now(), self._users.zone(user))
        kept = {"channel": channel, "thread_ts": thread_ts, "promise": bool(about.get("promise"))}
        return forms.save_window(
            due, owner=about.get("owner") or user, channel=channel, customer=about.get("customer") or "",
            text=about.get("text") or "", about=kept,
        )  # fmt: skip

    def check_in(self, user: str, customer: str, channel: str, thread_ts: str | None) -> Json:
        """The form for asking *customer* in three working days how it goes."""
        due = check_in_time(self._clock.now(), self._users.zone(user))
        return forms.save_window(
            due, owner=user, channel=channel, customer=customer, text=buttons.CHECK_IN_TEXT,
            about={"channel": channel, "thread_ts": thread_ts}, title="Check in",
        )  # fmt: skip

    def read(self, about: Json, values: dict[str, str | None], by: str) -> tuple[NewFollowUp, str]:
        """What the form asks for, and why it comes elsewhere. Raises UserError where it could not be posted there."""
        chosen, owner = values[buttons.CHANNEL], values[buttons.OWNER] or by
        if owner != by:
            self._users.responsible(owner)
        channel = self._channels.to_post_in(chosen) if chosen else Channel(f"@{owner}", private=True)
        if not self._may_choose(channel, by):
            raise UserError(f"You are not in #{channel.id}, and others could not tell why. Nothing was stored.")
        due, series = picked(values, about["zone"]), self._series(about, values)
        if series is not None and values.get(buttons.SCOPE) == buttons.FROM_NOW:
            due = self._first_of(about, series, due)
        wanted = NewFollowUp(
            text=values[buttons.TEXT] or "",
            owner=owner,
            due=due,
            series=series,
            channel=channel.id,
            customer=(values[buttons.CUSTOMER] or "").strip() or None,
            thread_ts=about.get("thread_ts") if chosen == about["channel"] else None,
            private=channel.private,
            promise=bool(about.get("promise")),
        )
        if series is not None and values.get(buttons.SCOPE) == buttons.THIS_ONE:
            return self._this_one(about, wanted), ""
        return directly(wanted, channel, self._channels, by)

    def _this_one(self, about: Json, wanted: NewFollowUp) -> NewFollowUp:
        """Another time for this occurrence alone. Raises UserError where more was changed."""
        before = self._follow_ups.get(about["number"]).wanted
        moved = replace(before, due=wanted.due)
        same = (moved.text, moved.customer, moved.owner) == (wanted.text, wanted.customer, wanted.owner)
        if not same or (wanted.channel != before.channel and wanted.channel[0] + before.channel[0] not in ("@D", "D@")):
            raise FieldError(
                "Text, customer, owner and place hold for all. Choose “All from now on”, or leave them.", buttons.SCOPE
            )
        return moved

    def _series(self, about: Json, values: dict[str, str | None]) -> Series | None:
        """How it recurs by what stands in the form; None if it does not. Raises UserError."""
        if "rule" not in about:
            return None
        wall, zone = picked(values, about["zone"]).wall, ZoneInfo(about["zone"])
        words = (values.get(buttons.REPEATS) or "").strip()
        if words == about["repeats"] or values.get(buttons.SCOPE) == buttons.THIS_ONE:
            before = self._follow_ups.get(about["number"])
            if values.get(buttons.SCOPE) == buttons.THIS_ONE or wall == before.wanted.due.wall:
                return before.series
            rule = before.series.rule_from(before.planned) if before.series and before.planned else about["rule"]
            return series_from(rule, wall, zone, self._clock.now(), about["skips"])
        rest, named = without_skipping(words)
        try:
            country = about["skips"] if named is None else check_country(named or about["skips"])
        except UserError as error:
            raise FieldError(str(error), buttons.REPEATS) from None
        try:
            due = read(f"{rest} at {wall:%H:%M}", self._clock.now(), zone, "en-GB")
        except NotUnderstood as asked:
            raise FieldError(f"{asked.short} {_REPEATS}", buttons.REPEATS) from None
        if due.rule is None or due.text:
            raise FieldError(f"I could not read “{words}” as how it repeats. {_REPEATS}", buttons.REPEATS)
        return series_from(str(due.rule), wall, zone, self._clock.now(), country)

    def _first_of(self, about: Json, series: Series, due: LocalTime) -> LocalTime:
        """The first time of *series* as it was filled in; where it is as it was, the present one, if still to come."""
        if series != self._follow_ups.get(about["number"]).series:
            return LocalTime.local(series.starts, series.zone)
        now = self._clock.now()
        if due.at > now:
            return due
        again = series_from(series.rule, series.starts, series.zone, now, series.holidays)
        return LocalTime.local(again.starts, series.zone)

    def _may_choose(self, channel: Channel, by: str) -> bool:
        """Whether *by* may have something come back there: in a private channel only its members."""
        if not channel.private or channel.id[0] in "D@":
            return True
        members = self._channels.members(channel.id)
        return members is None or by in members


def picked(values: dict[str, str | None], zone: str) -> LocalTime:
    """The time that somebody chose in a form, in the time zone *zone*."""
    wall = datetime.fromisoformat(f"{values[buttons.DAY]}T{values[buttons.TIME]}")
    return LocalTime.local(wall, ZoneInfo(zone))
