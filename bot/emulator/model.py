"""What a workspace holds: people, channels, messages with their versions, views, files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Json = dict[str, Any]
Kind = Literal["channel", "group", "im", "mpim"]  # public, private, direct, group direct: Slack's channel_type
SLACKBOT = "USLACKBOT"  # the same in every workspace


@dataclass
class User:
    """
    A member of the workspace, a bot's user, or somebody of another organisation.

    *team*: the organisation that they belong to; empty for ours. A guest *is_restricted*; one of a single channel is
    *is_ultra_restricted* besides. *status_expiration*: when the status ends, seconds since 1970; 0 for never.
    *paused_from* and *paused_until*, also in seconds since 1970: when they want no notifications; 0 where they do.
    """

    id: str
    name: str
    real_name: str
    title: str = ""
    tz: str = "UTC"
    locale: str = "en-GB"
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False
    bot_id: str = ""
    app_id: str = ""
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    paused_from: int = 0
    paused_until: int = 0
    presence: Literal["active", "away"] = "active"
    team: str = ""
    is_restricted: bool = False
    is_ultra_restricted: bool = False

    @property
    def is_guest(self) -> bool:
        """Of ours, and only in the channels that others put them in."""
        return self.is_restricted or self.is_ultra_restricted

    @property
    def email(self) -> str:
        """Made up of the name."""
        return f"{self.name}@mail.example"

    @property
    def has_status(self) -> bool:
        """Whether a status is set, even one that has ended and was not cleared yet."""
        return bool(self.status_text or self.status_emoji)

    def status_has_ended(self, now: datetime) -> bool:
        """Whether the status is over."""
        return 0 < self.status_expiration <= now.timestamp()

    def dnd(self, now: datetime) -> Json:
        """
        Their do-not-disturb as Slack tells it to others: when it next begins and ends.

        A pause by hand stands there in the place of a schedule and looks like one. Nobody here has a schedule.
        """
        paused = self._is_paused(now)
        return {
            "dnd_enabled": paused,
            "next_dnd_start_ts": self.paused_from if paused else 1,
            "next_dnd_end_ts": self.paused_until if paused else 1,
        }

    def own_dnd(self, now: datetime) -> Json:
        """The same as Slack tells it to themselves, and to nobody else: with the pause by hand."""
        unscheduled = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
        if not self._is_paused(now):
            return {**unscheduled, "snooze_enabled": False, "snooze_is_indefinite": False}
        remaining = self.paused_until - int(now.timestamp())
        ends = {"snooze_endtime": self.paused_until, "snooze_remaining": remaining}
        return {**unscheduled, "snooze_enabled": True, **ends, "snooze_is_indefinite": False}

    def _is_paused(self, now: datetime) -> bool:
        return now.timestamp() < self.paused_until

    def as_json(self, ours: str, now: datetime) -> Json:
        """The user object of `users.info`, asked by the organisation *ours*; tz_offset in seconds at *now*."""
        team = self.team or ours
        first, _, last = self.real_name.partition(" ")
        profile = {
            "title": self.title,
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "first_name": first,
            "last_name": last,
            **self._status(now),
            "team": team,
        }
        if self.is_bot:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id}
        else:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": team,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name,
            "color": "9f69e7",
            "is_email_confirmed": not self.is_bot,
            "who_can_share_contact_card": "EVERYONE",
            **self._zone(now),
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": self.is_admin,
            "is_primary_owner": False,
            "is_restricted": self.is_guest,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": int(now.timestamp()),
        }

    def _status(self, now: datetime) -> Json:
        over = self.status_has_ended(now)
        return {
            "status_text": "" if over else self.status_text,
            "status_text_canonical": "",
            "status_emoji": "" if over else self.status_emoji,
            "status_emoji_display_info": [],
            "status_expiration": 0 if over else self.status_expiration,
        }

    def _zone(self, now: datetime) -> Json:
        if not self.tz:
            return {}
        local = now.astimezone(ZoneInfo(self.tz))
        offset = local.utcoffset()
        seconds = int(offset.total_seconds()) if offset is not None else 0
        return {"tz": self.tz, "tz_label": local.tzname() or self.tz, "tz_offset": seconds}


@dataclass
class PostedMessage:
    """
    One message as it stands now.

    *only_for* names the one person who sees an ephemeral message. *versions* holds what stood there before, oldest
    first. *seen_by*: who has seen this version in a story, see `stories.py`; *seen_look*: how it looked then.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    bot_id: str = ""
    app_id: str = ""
    client_msg_id: str = ""
    only_for: str = ""
    broadcast: bool = False
    metadata: Json | None = None
    edited: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    versions: list[tuple[str, list[Json]]] = field(default_factory=list)
    states: dict[str, Json] = field(default_factory=dict)  # by person: what stands in the message's inputs
    posted_at: float = 0.0  # time.monotonic(), for history that lags
    seen_by: set[str] = field(default_factory=set)
    seen_look: object = None

    @property
    def all_blocks(self) -> list[Json]:
        """The blocks of the message, those of its attachments included."""
        return [*self.blocks, *(block for one in self.attachments for block in one.get("blocks") or ())]

    @property
    def look(self) -> object:
        """What tells whether two versions look alike: all of it but the ids that Slack gives to blocks."""
        return without_ids([self.text, self.blocks, self.attachments])

    @property
    def is_reply(self) -> bool:
        """In a thread, and not the message that it hangs on."""
        return bool(self.thread_ts) and self.thread_ts != self.ts

    def as_json(self, *, team: str, with_metadata: bool = False) -> Json:
        """The message object of `conversations.history` and of events."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": team}
        optional = {
            "subtype": self.subtype,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "client_msg_id": self.client_msg_id,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "thread_ts": self.thread_ts,
            "edited": self.edited,
            "files": self.files,
            "metadata": self.metadata if with_metadata else None,
            "reactions": [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items() if users
            ],
        }
        return {**shown, **{name: value for name, value in optional.items() if value}}


def without_ids(part: object) -> object:
    """A copy of a part of a message without its block ids."""
    if isinstance(part, dict):
        return {name: without_ids(value) for name, value in part.items() if name != "block_id"}
    return [without_ids(one) for one in part] if isinstance(part, list) else part


@dataclass
class Conversation:
    """
    A conversation of any kind, with its messages by ts in the order of posting.

    *shared_with*: the other organisations that it is connected to. *host*: the one that opened it; empty for ours.
    """

    id: str
    name: str
    kind: Kind
    members: list[str]
    created: int
    creator: str = ""
    purpose: str = ""
    archived: bool = False
    messages: dict[str, PostedMessage] = field(default_factory=dict)
    last_read: dict[str, str] = field(default_factory=dict)
    shared_with: list[str] = field(default_factory=list)
    host: str = ""

    @property
    def is_ext_shared(self) -> bool:
        """Whether people of other organisations may be in it."""
        return bool(self.shared_with)

    @property
    def is_direct(self) -> bool:
        """Between two or a few people, without a name."""
        return self.kind in ("im", "mpim")

    def replies(self, ts: str) -> list[PostedMessage]:
        """The replies under the message *ts*, oldest first, ephemeral ones left out."""
        return [m for m in self.messages.values() if m.is_reply and m.thread_ts == ts and not m.only_for]

    def as_json(self, team: str, seen_by: str) -> Json:
        """The conversation object of `conversations.info`."""
        shared: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.archived,
            "is_im": self.kind == "im",
            "is_org_shared": False,
            "context_team_id": team,
            "updated": self.created * 1000,
        }
        if self.kind == "im":
            other = next((member for member in self.members if member != seen_by), seen_by)
            return {**shared, "user": other, "is_user_deleted": False, "priority": 0}
        return {
            **shared,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_general": self.name == "general",
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_pending_ext_shared": False,
            "is_member": seen_by in self.members,
            "unlinked": 0,
            "creator": self.creator,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": self.purpose, "creator": self.creator, "last_set": self.created},
            "previous_names": [],
            **self._connected(team),
        }

    def _connected(self, ours: str) -> Json:
        """Which organisations a shared channel connects."""
        if not self.is_ext_shared:
            return {}
        return {
            "conversation_host_id": self.host or ours,
            "shared_team_ids": [ours, *self.shared_with],
            "internal_team_ids": [ours],
            "connected_team_ids": list(self.shared_with),
            "pending_shared": [],
            "pending_connected_team_ids": [],
        }


@dataclass
class View:
    """
    A modal or a Home tab; *state* is what the person has entered, by block_id and action_id.

    *place*: the conversation that it was opened from, where there is one. *touched_at*: when the app last opened or
    changed it, seconds since 1970.
    """

    id: str
    user: str
    body: Json
    hash: str
    root_id: str = ""
    previous_id: str = ""
    state: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    failure: str = ""
    place: str = ""
    touched_at: float = 0.0

    @property
    def blocks(self) -> list[Json]:
        """The blocks of the view."""
        return list(self.body.get("blocks") or [])


@dataclass
class Organisation:
    """Another organisation, which shares channels with ours."""

    id: str
    name: str
    domain: str


@dataclass
class UserGroup:
    """A user group, which a bot may page."""

    id: str
    handle: str
    name: str
    users: list[str]


@dataclass
class Upload:
    """A file, from the moment its upload address was asked for."""

    id: str
    name: str
    length: int
    user: str
    created: int
    content: bytes | None = None
    title: str = ""
    completed: bool = False
    channels: list[str] = field(default_factory=list)


@dataclass
class Scheduled:
    """A message to be posted at *post_at*, seconds since 1970."""

    id: str
    channel: str
    post_at: int
    created: int
    text: str
    post: Callable[[], object] | None  # None where Slack would silently drop it
