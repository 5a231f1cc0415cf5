"""Slack's own client, as a person uses it: what may be typed where, and what Slack itself says when it may not."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.emulator.dispatch import AckOutcome
from bot.emulator.interactions import Interactions
from bot.emulator.manifest import Shortcut
from bot.emulator.modals import Modals
from bot.emulator.model import Conversation, PostedMessage, View
from bot.emulator.state import WorkspaceState
from bot.emulator.text import rich_text, typed

MORNING = time(9, 0)
LONGEST = 40_000


class Cannot(Exception):
    """What a person tried is not possible; the message is a sentence for them."""


class Client:
    """What people do. Every method names the person who does it."""

    def __init__(self, state: WorkspaceState, modals: Modals, interactions: Interactions) -> None:
        self._state = state
        self._modals = modals
        self._interactions = interactions

    # finding

    def channel(self, user: str, ref: str) -> Conversation:
        """A conversation that *user* is in: by id, by name, or by the name of the person it is with. Raises Cannot."""
        if (person := self._state.find_user(ref)) is not None:
            return self._state.direct([user, person.id])[0]
        channel = self._state.find_channel(ref)
        if channel is None or not self._state.people.may_open(user, channel):
            raise Cannot(f"There is no conversation {ref} for you.")
        return channel

    def message(self, user: str, channel_ref: str, ts: str) -> PostedMessage:
        """A message that *user* can see. Raises Cannot."""
        message = self.channel(user, channel_ref).messages.get(ts)
        if message is None or message.only_for not in ("", user):
            raise Cannot("That message is not there any more.")
        return message

    def view(self, user: str, view_id: str) -> View:
        """A modal or Home tab of *user*. Raises Cannot."""
        home = self._modals.homes.get(user)
        views = [*self._modals.stack(user), *([home] if home is not None else [])]
        for view in views:
            if view.id == view_id:
                return view
        raise Cannot("That window is closed.")

    # writing

    async def say(self, user: str, channel_ref: str, text: str, thread_ts: str = "") -> AckOutcome:
        """Send what stands in the composer: a message, or a command if it begins with a slash. Raises Cannot."""
        channel = self.channel(user, channel_ref)
        text = self._fitting(text)
        if user not in channel.members:
            raise Cannot(f"You are not in #{channel.name}. Join it first.")
        if channel.archived:
            raise Cannot(f"#{channel.name} is archived.")
        if text.startswith("/"):
            return await self._command(user, channel, text, thread_ts)
        manifest = self._state.manifest
        with_app = channel.kind == "im" and self._state.bot_user_id in channel.members
        if with_app and not (manifest.messages_tab and manifest.writable_messages_tab):
            raise Cannot(f"Sending messages to {manifest.name} has been turned off.")
        people, channels = self._state.names()
        root = channel.messages.get(thread_ts)
        if root is not None and root.only_for:
            raise Cannot("Nobody can reply to a message that only you see.")
        thread = (root.thread_ts or root.ts) if root else ""
        self._state.say(channel, user, typed(text, people, channels), thread_ts=thread)
        if f"@{manifest.name}" in text and self._state.bot_user_id not in channel.members:
            self._state.slackbot_says(
                channel,
                user,
                f"{manifest.name} is not in this channel and does not hear you. Write `/invite @{manifest.name}`.",
                thread_ts,
            )
        return AckOutcome()

    def edit(self, user: str, channel_ref: str, ts: str, text: str) -> None:
        """Change a message of one's own. Raises Cannot."""
        message = self._own(user, channel_ref, ts)
        if message.subtype:
            raise Cannot("That is no message that can be changed.")
        people, channels = self._state.names()
        kept = typed(self._fitting(text), people, channels)
        self._state.edit(message, kept, [rich_text(kept, message.blocks[0]["block_id"])], None)

    def delete(self, user: str, channel_ref: str, ts: str) -> None:
        """Take a message of one's own away; one seen by oneself alone is only dismissed. Raises Cannot."""
        message = self.message(user, channel_ref, ts)
        self._state.delete(message if message.only_for else self._own(user, channel_ref, ts))

    def react(self, user: str, channel_ref: str, ts: str, name: str) -> None:
        """Add a reaction, or take it back. Raises Cannot."""
        message = self.message(user, channel_ref, ts)
        if message.only_for:
            raise Cannot("A message that only you see takes no reactions.")
        self._state.react(message, user, name, add=user not in message.reactions.get(name, []))

    def join(self, user: str, channel_ref: str) -> None:
        """Join a public channel. Raises Cannot."""
        self._state.join(self.channel(user, channel_ref), user)

    def read(self, user: str, channel_ref: str) -> None:
        """Have read all that stands in a conversation now. Raises Cannot."""
        channel = self.channel(user, channel_ref)
        latest = next(reversed(channel.messages), "0")
        if channel.last_read.get(user) != latest:
            channel.last_read[user] = latest
            self._state.on_change()

    # apps

    def shortcut(self, name: str, kind: str) -> Shortcut:
        """A shortcut by its name or callback_id. Raises Cannot."""
        for one in self._state.manifest.shortcuts:
            if name in (one.name, one.callback_id) and one.kind == kind:
                return one
        raise Cannot(f"There is no shortcut {name}.")

    async def use_shortcut(self, user: str, name: str, channel_ref: str, ts: str) -> AckOutcome:
        """Use a message shortcut. Raises Cannot."""
        message = self.message(user, channel_ref, ts)
        if message.only_for:
            raise Cannot("Shortcuts do not work on messages that only you see.")
        return await self._interactions.message_shortcut(user, self.shortcut(name, "message"), message)

    async def use_global_shortcut(self, user: str, name: str) -> AckOutcome:
        """Use a global shortcut. Raises Cannot."""
        return await self._interactions.global_shortcut(user, self.shortcut(name, "global"))

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's tab *tab*, home or messages. Guests may, too. Raises Cannot where there is no such tab."""
        manifest = self._state.manifest
        if not {"home": manifest.home_tab, "messages": manifest.messages_tab}.get(tab):
            raise Cannot(f"{manifest.name} has no {tab.capitalize()} tab.")
        if self._state.users[user].deleted:
            raise Cannot("This account has been deactivated.")
        await self._interactions.open_home(user, tab)

    def next_morning(self, user: str) -> timedelta:
        """How long it is until nine o'clock of the next day, where *user* lives."""
        zone = ZoneInfo(self._state.users[user].tz)
        now = self._state.clock.now()
        local = now.astimezone(zone)
        morning = datetime.combine(local.date() + timedelta(days=1), MORNING, zone)
        return morning - now

    async def _command(self, user: str, channel: Conversation, text: str, thread_ts: str) -> AckOutcome:
        word, _, rest = text.partition(" ")
        command = self._state.manifest.command(word)
        if word == "/invite":
            return self._invite(user, channel, rest.strip())
        if command is None:
            self._state.slackbot_says(channel, user, f"`{word}` is not a valid command.", thread_ts)
            return AckOutcome("unknown_command")
        if thread_ts:
            self._state.slackbot_says(channel, user, f"{word} is not supported in threads. Sorry!", thread_ts)
            return AckOutcome("not_supported_in_threads")
        return await self._interactions.command(user, channel, command, rest.strip())

    def _invite(self, user: str, channel: Conversation, name: str) -> AckOutcome:
        invited = self._state.find_user(name) if name else None
        if invited is None or channel.is_direct:
            said = f"There is nobody called {name} to invite here." if name else "Write whom: `/invite @name`"
            self._state.slackbot_says(channel, user, said)
            return AckOutcome("user_not_found")
        if self._state.people.is_foreign(invited.id) and invited.team not in channel.shared_with:
            said = f"{invited.name} belongs to another organisation, and #{channel.name} is not shared with it."
            self._state.slackbot_says(channel, user, said)
            return AckOutcome("cant_invite")
        if invited.id not in channel.members:
            self._state.join(channel, invited.id, user)
            text = f"was added to #{channel.name} by <@{user}>"
            message = PostedMessage(self._state.new_ts(), channel.id, invited.id, text, subtype="channel_join")
            self._state.post(message, silently=True)
        return AckOutcome()

    def _fitting(self, text: str) -> str:
        text = text.strip()
        if not text:
            raise Cannot("There is nothing to send.")
        if len(text) > LONGEST:
            raise Cannot(f"That has {len(text)} characters; a message takes {LONGEST} at most.")
        return text

    def _own(self, user: str, channel_ref: str, ts: str) -> PostedMessage:
        message = self.message(user, channel_ref, ts)
        if message.user != user or message.only_for:
            raise Cannot("You can only change messages of your own.")
        return message
