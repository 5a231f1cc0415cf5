"""Slack in: the Home tab is opened, and what is pressed there that belongs to no other feature."""

from functools import partial
from typing import Any

from slack_bolt import Ack

from bot.errors import UserError
from bot.escalations.service import Escalations
from bot.followups.days_off import check_country, country_of
from bot.followups.feeds import CalendarFeeds
from bot.home import blocks
from bot.home.gathering import HomeGathering
from bot.home.publisher import HomePublisher
from bot.slack.ack import acknowledged
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.listening import Listening
from bot.slack.modals import field, message_window, saved, values_of, window
from bot.storage.preferences import COUNTRY, MORNING, Preferences
from bot.tactics.blocks import card_to_read
from bot.tactics.service import Tactics

Json = dict[str, Any]
_HINT = "Such as Germany, DE or US; a part of it as DE-BY or GB-SCT. Left empty: none are skipped."


class HomeListeners:
    """The Home tab's own buttons; follow-ups answer theirs."""

    def __init__(
        self,
        publisher: HomePublisher,
        gathering: HomeGathering,
        tactics: Tactics,
        cases: Escalations,
        feeds: CalendarFeeds,
        preferences: Preferences,
        slack: SlackContext,
    ) -> None:
        self._publisher = publisher
        self._gathering = gathering
        self._tactics = tactics
        self._cases = cases
        self._feeds = feeds
        self._preferences = preferences
        self._replies = slack.replies

    def listening(self) -> Listening:
        """The table of all ids."""
        return Listening(
            actions={
                blocks.TAKE: self.take,
                blocks.MORNING: self.morning,
                blocks.HOLIDAYS: self.holidays,
                blocks.CALENDAR: self.calendar,
                blocks.NEW_ADDRESS: self.new_address,
                blocks.END_ADDRESS: self.end_address,
            },
            choices={blocks.PAGE: self.page, blocks.MOMENT: self.moment, blocks.CARD: self.card},
            views={blocks.HOLIDAYS_WINDOW: self.holidays_set},
        )

    def opened(self, event: Json) -> None:
        """Somebody looks at it."""
        if event.get("tab") == "home":
            self._publisher.opened(str(event["user"]))

    def page(self, ack: Ack, action: Json, body: Json) -> None:
        """The follow-ups from another one on."""
        ack()
        start = str(action.get("value"))
        self._publisher.changed([body["user"]["id"]], int(start) if start.isdigit() else 0)

    def take(self, ack: Ack, action: Json, body: Json) -> None:
        """**I have it**: the same as on the page."""
        number, _, token = str(action.get("value")).partition(" ")
        if not number.isdigit():
            raise UserError("This button is from an older version of me. Open this tab again.")
        by = body["user"]["id"]
        with acknowledged(ack):
            self._cases.seen_by(int(number), by, "", in_public=False)
            self._cases.acknowledge(self._cases.pressed(int(number), token), by=by)
        self._publisher.changed([by])

    def moment(self, ack: Ack, action: Json, body: Json) -> None:
        """The cards of a moment, in a window."""
        ack()
        wanted = action["action_id"].removeprefix(blocks.MOMENT)
        found, cards = self._tactics.in_moment(wanted)
        self._open(body, found.name, blocks.moment_message(found, cards))

    def card(self, ack: Ack, action: Json, body: Json) -> None:
        """One of them, in its place."""
        ack()
        card = self._tactics.card(action["action_id"].removeprefix(blocks.CARD))
        self._replies.change_window(body["view"]["id"], message_window(card.name, card_to_read(card)))

    def morning(self, ack: Ack, action: Json, body: Json) -> None:
        """The morning list is switched on or off."""
        ack()
        is_on = bool(action.get("selected_options"))
        self._preferences.set(body["user"]["id"], MORNING, "on" if is_on else "")
        self._publisher.changed([body["user"]["id"]])

    def holidays(self, ack: Ack, body: Json) -> None:
        """Of which country?"""
        ack()
        user = body["user"]["id"]
        known = self._preferences.get(user, COUNTRY) or country_of(self._gathering.zone_of(user))
        element: Json = {"type": "plain_text_input", "max_length": 16}
        if known:
            element["initial_value"] = known
        asked = field(blocks.COUNTRY, "Country", element, optional=True, hint=_HINT)
        view = window(blocks.HOLIDAYS_WINDOW, "Your holidays", "Save", [asked], {})
        self._replies.open_window(body["trigger_id"], view)

    def holidays_set(self, ack: Ack, body: Json, view: Json) -> None:
        """A country was written."""
        typed, user = (values_of(view)[blocks.COUNTRY] or "").strip(), body["user"]["id"]
        country = saved(ack, blocks.COUNTRY, partial(check_country, typed) if typed else _none)
        if country is None:
            return
        self._preferences.set(user, COUNTRY, country)
        ack()
        self._publisher.changed([user])

    def calendar(self, ack: Ack, body: Json) -> None:
        """Whether somebody has an address, and a new one."""
        ack()
        self._open(body, "My calendar", blocks.calendar_message("", has_feed=self._feeds.has(body["user"]["id"])))

    def new_address(self, ack: Ack, body: Json) -> None:
        """An address is made, and shown this once; the one before ends."""
        ack()
        self._check_feeds()
        address = self._feeds.new_address(body["user"]["id"])
        self._change(body, blocks.calendar_message(address, has_feed=True))

    def end_address(self, ack: Ack, body: Json) -> None:
        """The address answers no more."""
        ack()
        self._feeds.end(body["user"]["id"])
        self._change(body, blocks.calendar_message("", has_feed=False))

    def _check_feeds(self) -> None:
        if not self._feeds.is_on:
            raise UserError("Whoever runs me has not said under which address calendars reach me (CALENDAR_URL).")

    def _open(self, body: Json, title: str, shown: Message) -> None:
        self._replies.open_window(body["trigger_id"], message_window(title, shown))

    def _change(self, body: Json, shown: Message) -> None:
        self._replies.change_window(body["view"]["id"], message_window("My calendar", shown))


def _none() -> str:
    return ""
