"""The workspace itself: who is there, what was said, and which events that makes."""

import copy
import itertools
import math
import secrets
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.emulator.block_ids import attachments_with_ids, new_block_id, with_ids
from bot.emulator.clock import MovableClock
from bot.emulator.journal import Journal
from bot.emulator.manifest import Manifest
from bot.emulator.membership import People
from bot.emulator.model import SLACKBOT, Conversation, Kind, PostedMessage, Scheduled, Upload, User, UserGroup
from bot.emulator.seed import Said, Seed, SeedChannel
from bot.emulator.text import mentioned, rich_text

Json = dict[str, Any]

_BETWEEN_TALK_S = 17 * 60
_WITHOUT_TEAM = ("bot_message", "me_message")  # events that tell less of their author
_SUBSCRIPTION = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}


class WorkspaceState:
    """
    All that the workspace holds. Only the emulator's own loop may change it.

    `on_event` gets each event that the app is to hear, `on_change` is called after every change that a person may see,
    `on_due` whenever time may have passed.
    """

    def __init__(self, manifest: Manifest, clock: MovableClock, seed: Seed) -> None:
        self.manifest = manifest
        self.seed = seed
        self.team_id, self.bot_user_id, self.bot_id, self.app_id = (
            seed.team_id,
            seed.bot_user_id,
            seed.bot_id,
            seed.app_id,
        )
        self.clock = clock
        self.journal = Journal()
        self.on_event: Callable[[Json], None] = lambda event: None
        self.on_change: Callable[[], None] = lambda: None
        self.on_due: Callable[[], None] = lambda: None
        created = int(clock.now().timestamp()) - 90 * 86400
        name = manifest.bot_name or manifest.name
        app = User(seed.bot_user_id, name, name, "App", is_bot=True, bot_id=seed.bot_id, app_id=seed.app_id)
        slackbot = User(SLACKBOT, "slackbot", "Slackbot", is_bot=True, bot_id="B01")
        self.users: dict[str, User] = {user.id: replace(user) for user in (*seed.users, slackbot, app)}
        self.channels: dict[str, Conversation] = {one.id: self._begun(one, created) for one in seed.channels}
        self.people = People(self.users, self.channels, self.team_id, self.bot_user_id)
        self.user_groups: list[UserGroup] = [replace(group) for group in seed.user_groups]
        self.uploads: dict[str, Upload] = {}
        self.scheduled: dict[str, Scheduled] = {}
        self.deleted: list[PostedMessage] = []  # as they last stood
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self._have_talked(seed.talk)

    def _begun(self, channel: SeedChannel, created: int) -> Conversation:
        members = [*channel.members, *([self.bot_user_id] if channel.with_app else [])]
        kind: Kind = "group" if channel.is_private else "channel"
        made = Conversation(channel.id, channel.name, kind, members, created, channel.creator, channel.purpose)
        for member in members:
            self.journal.enter(made.id, member)
        if kind == "channel":
            self.journal.open_up(made.id)
        return replace(made, archived=channel.is_archived, shared_with=list(channel.shared_with))

    def _have_talked(self, talk: Sequence[Said]) -> None:
        """Post *talk* with some time between, the last just before now; everybody has read it."""
        for at, said in enumerate(talk):
            self._last_ts = int((self.now_s - (len(talk) - at) * _BETWEEN_TALK_S) * 1_000_000)
            self.say(self.channels[said.channel], said.user, said.text, silently=True, ts=self._ts_of(self._last_ts))
        for channel in self.channels.values():
            channel.last_read = {member: self._latest(channel) for member in channel.members}

    # identity and time

    @property
    def now_s(self) -> float:
        """The workspace's time, seconds since 1970."""
        return self.clock.now().timestamp()

    def new_id(self, prefix: str) -> str:
        """An id that no other thing has."""
        return f"{prefix}0{next(self._numbers):06d}{secrets.token_hex(2).upper()}"

    def new_ts(self) -> str:
        """A message's ts: the workspace's time, always later than the last."""
        self._last_ts = max(int(self.now_s * 1_000_000), self._last_ts + 100)
        return self._ts_of(self._last_ts)

    def _ts_of(self, micros: int) -> str:
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    # finding

    def find_channel(self, ref: str) -> Conversation | None:
        """By id, or by name with or without ``#``."""
        name = ref.removeprefix("#")
        return self.channels.get(ref) or next((c for c in self.channels.values() if c.name and c.name == name), None)

    def find_user(self, ref: str) -> User | None:
        """By id, or by name with or without ``@``."""
        name = ref.removeprefix("@")
        return self.users.get(ref) or next((user for user in self.users.values() if user.name == name), None)

    def direct(self, members: Iterable[str]) -> tuple[Conversation, bool]:
        """The direct conversation of *members*, and whether it was there already."""
        wanted = sorted(set(members))
        for channel in self.channels.values():
            if channel.is_direct and sorted(channel.members) == wanted:
                return channel, True
        kind = "im" if len(wanted) <= 2 else "mpim"
        name = "" if kind == "im" else "mpdm-" + "--".join(self.users[one].name for one in wanted) + "-1"
        made = Conversation(self.new_id("D" if kind == "im" else "G"), name, kind, wanted, int(self.now_s))  # type: ignore[arg-type]
        self.channels[made.id] = made
        for member in wanted:
            self.journal.enter(made.id, member)
        self.on_change()
        return made, False

    def names(self) -> tuple[dict[str, str], dict[str, str]]:
        """The ids by name, in small letters, of people and of public channels."""
        return (
            {user.name.lower(): user.id for user in self.users.values()},
            {channel.name: channel.id for channel in self.channels.values() if channel.kind == "channel"},
        )

    # saying

    def say(
        self, channel: Conversation, user: str, text: str, *, thread_ts: str = "", silently: bool = False, ts: str = ""
    ) -> PostedMessage:
        """A person posts *text*, in Slack's own markup, as its client does; *silently*: the app does not hear of it."""
        blocks = [rich_text(text, new_block_id())] if text else []
        message = self.post(
            PostedMessage(
                ts or self.new_ts(),
                channel.id,
                user,
                text,
                blocks,
                thread_ts=thread_ts,
                client_msg_id=str(uuid.uuid4()),
            ),
            silently=silently,
        )
        channel.last_read[user] = message.ts
        return message

    def post_as_app(self, channel: Conversation, text: str, **more: Any) -> PostedMessage:
        """The app posts; *more* as in Message. Block ids that are missing are made."""
        more["blocks"] = with_ids(more.get("blocks") or [])
        more["attachments"] = attachments_with_ids(more.get("attachments") or [])
        if not more.get("only_for"):
            self.unarchived(channel)
        return self.post(
            PostedMessage(
                self.new_ts(),
                channel.id,
                self.bot_user_id,
                text,
                bot_id=self.bot_id,
                app_id=self.app_id,
                **more,
            )
        )

    def slackbot_says(self, channel: Conversation, user: str, text: str, thread_ts: str = "") -> PostedMessage:
        """What only *user* sees, from Slack itself, such as that an app did not answer."""
        message = PostedMessage(self.new_ts(), channel.id, SLACKBOT, text, only_for=user, thread_ts=thread_ts)
        return self.post(message)

    def post(self, message: PostedMessage, *, silently: bool = False) -> PostedMessage:
        """Add *message*, and let the app hear of it if it may."""
        channel = self.channels[message.channel]
        message.posted_at = -math.inf if silently else time.monotonic()
        channel.messages[message.ts] = message
        self._note(message)
        if message.is_reply and not message.only_for and (root := channel.messages.get(message.thread_ts)):
            root.thread_ts = root.ts
        if not silently and not message.only_for:
            self._tell_of_message(channel, message)
        self.on_change()
        return message

    def unarchived(self, channel: Conversation) -> None:
        """Note that *channel* is in use: a direct conversation that was closed is open again."""
        channel.archived = channel.archived and not channel.is_direct

    def edit(
        self, message: PostedMessage, text: str, blocks: list[Json] | None, attachments: list[Json] | None
    ) -> None:
        """Change a message in place; None keeps what stands there. The earlier version is kept beside it."""
        channel = self.channels[message.channel]
        before = self.event_message(message)
        message.versions.append((message.text, message.blocks))
        message.text = text
        message.seen_by = set()
        if blocks is not None:
            message.blocks = with_ids(blocks)
        if attachments is not None:
            message.attachments = attachments_with_ids(attachments)
        self._note(message)
        message.edited = {"user": message.user, "ts": self.new_ts()}
        if not message.only_for:
            self._tell(
                channel,
                _SUBSCRIPTION[channel.kind],
                {
                    "type": "message",
                    "subtype": "message_changed",
                    "hidden": True,
                    "message": self.event_message(message),
                    "previous_message": before,
                    "ts": self.new_ts(),
                    "channel_type": channel.kind,
                },
            )
        self.on_change()

    def delete(self, message: PostedMessage) -> None:
        """Take a message away; where replies hang on it, a tombstone stays."""
        channel = self.channels[message.channel]
        before = self.event_message(message)
        self.deleted.append(replace(message))
        self.journal.hide(f"{message.channel} {message.ts}")
        if channel.replies(message.ts) and not message.only_for:
            message.versions.append((message.text, message.blocks))
            message.user, message.subtype, message.text = SLACKBOT, "tombstone", "This message was deleted."
            message.blocks, message.attachments, message.metadata, message.bot_id = [], [], None, ""
            # Slack calls that a change, since the thread goes on
            what: Json = {"subtype": "message_changed", "message": self.event_message(message)}
        else:
            del channel.messages[message.ts]
            what = {"subtype": "message_deleted", "deleted_ts": message.ts}
        if not message.only_for:
            event = {"type": "message", "hidden": True, **what, "previous_message": before}
            place = {"ts": self.new_ts(), "channel_type": channel.kind}
            self._tell(channel, _SUBSCRIPTION[channel.kind], {**event, **place})
        self.on_change()

    def react(self, message: PostedMessage, user: str, name: str, *, add: bool) -> bool:
        """Add or take back a reaction; False where nothing changed."""
        users = message.reactions.setdefault(name, [])
        if (user in users) == add:
            return False
        (users.append if add else users.remove)(user)
        kind = "reaction_added" if add else "reaction_removed"
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": kind, "user": user, "reaction": name, "item_user": message.user, "item": item}
        self._tell(self.channels[message.channel], kind, event, in_channel=False)
        self.on_change()
        return True

    def join(self, channel: Conversation, user: str, inviter: str = "") -> None:
        """*user* becomes a member of *channel*."""
        if user not in channel.members:
            channel.members.append(user)
            self.journal.enter(channel.id, user)
            self._membership("member_joined_channel", channel, user, inviter)

    def leave(self, channel: Conversation, user: str) -> None:
        """*user* is no member of *channel* any more."""
        if user in channel.members:
            self._membership("member_left_channel", channel, user, "")
            channel.members.remove(user)
            self.journal.leave(channel.id, user)

    def _note(self, message: PostedMessage) -> None:
        """Keep for the journal what *message* now says."""
        if message.user == self.bot_user_id:
            content = {"text": message.text, "blocks": message.blocks, "attachments": message.attachments}
            key = f"{message.channel} {message.ts}"
            self.journal.show(key, content, place=message.channel, only_for=message.only_for)
        elif message.user != SLACKBOT and not message.subtype:
            self.journal.type(message.user, message.text, message.channel, to=mentioned(message.text))

    def _membership(self, kind: str, channel: Conversation, user: str, inviter: str) -> None:
        letter = {"channel": "C", "group": "G"}.get(channel.kind, "D")
        event = {"type": kind, "user": user, "channel_type": letter, "team": self.people.team_of(user)}
        self._tell(channel, kind, {**event, "inviter": inviter} if inviter else event)
        self.on_change()

    # what happens by itself

    def scheduled_times(self) -> list[datetime]:
        """When scheduled messages are to be posted, and statuses end."""
        times = [one.post_at for one in self.scheduled.values()]
        times += [user.status_expiration for user in self.users.values() if user.status_expiration]
        return [datetime.fromtimestamp(one, UTC) for one in times]

    def run_due(self) -> None:
        """Do what was to happen at a time that has come."""
        self.on_due()
        due = [one for one in self.scheduled.values() if one.post_at <= self.now_s]
        for one in sorted(due, key=lambda one: one.post_at):
            del self.scheduled[one.id]
            channel = self.channels[one.channel]
            if one.post is not None and self.bot_user_id in channel.members and not channel.archived:
                one.post()

    # what the app hears

    def tell(self, kind: str, event: Json) -> None:
        """An event that belongs to no channel, such as app_home_opened."""
        if self.manifest.hears(kind):
            self.on_event({**event, "type": kind, "event_ts": self.new_ts()})

    def event_message(self, message: PostedMessage) -> Json:
        """A message as it stands in an event: without metadata, and with its place in its thread."""
        shown = {**message.as_json(team=self.people.team_of(message.user)), **self.people.marks_of(message.user)}
        channel = self.channels[message.channel]
        if message.is_reply and (root := channel.messages.get(message.thread_ts)):
            shown |= {"parent_user_id": root.user, **self._broadcast(channel, message, root)}
        if message.subtype in _WITHOUT_TEAM:
            shown.pop("team", None)
        elif message.bot_id:
            shown["bot_profile"] = self.bot_profile(message.bot_id)
        return copy.deepcopy(shown)

    def bot_profile(self, bot_id: str) -> Json:
        """The bot_profile that stands on an app's messages."""
        user = next((user for user in self.users.values() if user.bot_id == bot_id), None)
        return {
            "id": bot_id,
            "app_id": self.app_id if bot_id == self.bot_id else "A0OTHER",
            "name": user.real_name if user else bot_id,
            "icons": {"image_36": "", "image_48": "", "image_72": ""},
            "deleted": False,
            "updated": int(self.now_s),
            "team_id": self.team_id,
            "user_id": user.id if user else "",
        }

    def _tell_of_message(self, channel: Conversation, message: PostedMessage) -> None:
        shown = self.event_message(message)
        event = {**shown, "channel": channel.id, "event_ts": message.ts}
        if message.files and not message.broadcast:
            event |= {"subtype": "file_share", "upload": False}
        self._tell(channel, _SUBSCRIPTION[channel.kind], {**event, "channel_type": channel.kind})
        if f"<@{self.bot_user_id}" in message.text and message.user != self.bot_user_id and channel.kind != "im":
            mention = {name: value for name, value in event.items() if name != "parent_user_id"}
            self._tell(channel, "app_mention", {**mention, "type": "app_mention"})

    def _broadcast(self, channel: Conversation, message: PostedMessage, root: PostedMessage) -> Json:
        """What marks a reply that was also sent to the channel."""
        if not message.broadcast:
            return {}
        return {"subtype": "thread_broadcast", "root": self.thread_root(channel, root)}

    def thread_root(self, channel: Conversation, root: PostedMessage, *, with_metadata: bool = False) -> Json:
        """A message with what Slack tells of the thread that hangs on it, if one does."""
        shown = root.as_json(team=self.people.team_of(root.user), with_metadata=with_metadata)
        shown |= self.people.marks_of(root.user)
        if root.bot_id:
            shown["bot_profile"] = self.bot_profile(root.bot_id)
        replies = channel.replies(root.ts)
        if not replies:
            shown.pop("thread_ts", None)
            return shown
        authors = list(dict.fromkeys(reply.user for reply in replies))
        return {
            **shown,
            "thread_ts": root.ts,
            "reply_count": len(replies),
            "reply_users_count": len(authors),
            "latest_reply": replies[-1].ts,
            "reply_users": authors[:5],
            "is_locked": False,
            "subscribed": False,
        }

    def _tell(self, channel: Conversation, subscription: str, event: Json, *, in_channel: bool = True) -> None:
        if self.bot_user_id not in channel.members or not self.manifest.hears(subscription):
            return
        place: Json = {"channel": channel.id} if in_channel else {}
        self.on_event({"event_ts": event.get("ts") or self.new_ts(), **place, **event})

    def _latest(self, channel: Conversation) -> str:
        return next(reversed(channel.messages), "0")
