"""What a feature needs of Slack, in one value."""

from dataclasses import dataclass

from slack_sdk import WebClient

from bot.slack.channels import Channels
from bot.slack.readers import Readers
from bot.slack.replies import Replies
from bot.slack.users import Users


@dataclass(frozen=True, slots=True)
class SlackContext:
    """
    The one value that features are given of Slack: users, channels, who may read what, replies.

    *client* makes each call once; *reader* is for calls that only read, which may well be made again.
    """

    users: Users
    channels: Channels
    readers: Readers
    replies: Replies
    client: WebClient
    reader: WebClient
    bot_user_id: str
    url: str = ""

    def permalink(self, channel: str, ts: str) -> str:
        """The address of a message; "" where the workspace's is not known."""
        return f"{self.url}archives/{channel}/p{ts.replace('.', '')}" if self.url else ""
