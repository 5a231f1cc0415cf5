"""The Bolt app: who may speak to it, where events go, and what happens when something fails."""

import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt import Ack, App, BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware import Middleware
from slack_bolt.request import BoltRequest
from slack_bolt.request.internals import build_context
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler

from bot.errors import SettingsError, SlackAway, StorageBusy, StorageUnavailable, UserError
from bot.log import failure
from bot.slack.ack import SLACK_WAITS, CommandReply
from bot.slack.block_kit import sentence
from bot.slack.calls import CallCounts, CountingClient
from bot.slack.channels import Channels
from bot.slack.errors import Fate, NotDelivered, explanation, judge
from bot.slack.inbox import Inbox
from bot.slack.load import RequestLoad
from bot.slack.modals import said_window
from bot.slack.replies import Replies
from bot.slack.runner import PromptRunner, SignallingAck
from bot.slack.threads import is_home
from bot.slack.users import Users

logger = logging.getLogger(__name__)

WORKERS = 24  # Bolt's own five are too few: waiting for Slack or for a meaning must not keep others from their ack
_LATER = 8  # threads: each waits for Slack to take an answer
_OTHER_TEAM = "I belong to another workspace and can't help here. Please ask an admin to install me in this one."
NOT_OURS = "I serve the organisation that installed me, and can't help people of others. Please ask somebody there."
_NOT_YET = (
    "I have that, and cannot store anything now: {why}. I do it as soon as I can; please tell whoever runs me, with "
    "the reference {reference}."
)
_FULL = "the disk that I keep things on is full or read-only"
_BUSY = "another program holds my database"
_DID_NOT_WORK = "That did not work"  # the title of a window
_WHO = "I could not ask Slack who you are. Please try again."
_OLD_BUTTON = "This button is from an older version of me and does nothing any more. Please ask me again."


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in Slack, by `auth.test`."""

    team_id: str
    bot_id: str
    bot_user_id: str
    scopes: frozenset[str]
    url: str = ""


def client_for(token: str, api_url: str, timeout: timedelta, calls: CallCounts | None = None) -> WebClient:
    """A client that sends each call once: slack_sdk's own retry posts twice when only the answer is lost."""
    seconds = timeout.total_seconds()  # the SDK says int, and hands it on to the socket, which takes fractions
    return CountingClient(calls or CallCounts(), token=token, base_url=api_url, timeout=seconds, retry_handlers=[])


def reading_client_for(token: str, api_url: str, timeout: timedelta, calls: CallCounts | None = None) -> WebClient:
    """A client for calls that only read, which may well be made again."""
    client = client_for(token, api_url, timeout, calls)
    client.retry_handlers = [
        ConnectionErrorRetryHandler(max_retry_count=1),
        RateLimitErrorRetryHandler(max_retry_count=2),
    ]
    return client


def asking_client_for(
    token: str,
    api_url: str,
    timeout: timedelta,
    slack_waits: timedelta = SLACK_WAITS,
    calls: CallCounts | None = None,
) -> WebClient:
    """A client for what somebody waits for: it reads only, tries twice, and gives up in time to say so."""
    client = client_for(token, api_url, min(timeout, slack_waits * 0.4), calls)
    client.retry_handlers = [ConnectionErrorRetryHandler(max_retry_count=1)]
    return client


def who_am_i(client: WebClient) -> Identity:
    """
    Ask Slack whose token this is.

    Raises SettingsError with what to do where Slack refuses the token, SlackAway where it cannot be reached.
    """
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        verdict = judge(error)
        if verdict.fate is not Fate.REFUSED:
            raise SlackAway(f"Slack does not answer properly now ({verdict.reason}). Try again soon.") from error
        mistake = (
            f"Slack refused SLACK_BOT_TOKEN ({verdict.reason}). Copy the Bot User OAuth Token again from your app's "
            "page at api.slack.com/apps, OAuth & Permissions; after a change of scopes reinstall the app first."
        )
        raise SettingsError([mistake]) from error
    except OSError as error:
        raise SlackAway(
            f"Slack cannot be reached at {client.base_url} ({type(error).__name__}). Is this machine on the network? "
            "Try again soon."
        ) from error
    scopes = str(answer.headers.get("x-oauth-scopes") or answer.headers.get("X-OAuth-Scopes") or "")
    granted = frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())
    url = str(answer.get("url") or "")
    return Identity(str(answer["team_id"]), str(answer.get("bot_id")), str(answer["user_id"]), granted, url)


def build_app(  # noqa: PLR0913 - what its gate and its boundary need
    client: WebClient,
    identity: Identity,
    inbox: Inbox,
    outgoing: Replies,
    users: Users,
    channels: Channels,
    signing_secret: str,
    slack_waits: timedelta = SLACK_WAITS,
) -> "LoadedApp":
    """
    A Bolt app that serves the team of *identity* and no other. Features add their listeners to it.

    *signing_secret* is empty for Socket Mode, where Slack signs nothing. *slack_waits* is how long Slack waits for an
    acknowledgement.
    """
    authorized = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team_id,
        bot_id=identity.bot_id,
        bot_user_id=identity.bot_user_id,
        bot_token=client.token,
    )
    with _without_oauth():
        app = LoadedApp(
            name="toughcustomer",
            client=WebClient(base_url=client.base_url, timeout=client.timeout, retry_handlers=[]),
            authorize=lambda: authorized,  # asked once at the start, not while somebody waits
            signing_secret=signing_secret,
            request_verification_enabled=bool(signing_secret),
            listener_executor=ThreadPoolExecutor(WORKERS, thread_name_prefix="listener"),
        )
    app.use(_Gate(identity.team_id, inbox, outgoing, users, channels))
    app.error(_boundary(outgoing))
    app._listener_runner = PromptRunner(
        app.listener_runner, slack_waits, app.load, app.later
    )  # after app.error, whose handler it takes over
    inbox.on_trouble(_tell_in_channel(outgoing))
    return app


def answer_old_buttons(app: App) -> None:
    """Answer clicks on buttons that nobody knows any more. To be called after all features have registered."""

    @app.action(re.compile(".*"))
    def old_button(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        raise OldButton

    @app.shortcut(re.compile(".*"))
    def old_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        raise OldButton


class LoadedApp(App):
    """Bolt's own app, which knows how many requests are under way. *later* runs what was acknowledged beforehand."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.load = RequestLoad()
        self.later = ThreadPoolExecutor(_LATER, thread_name_prefix="later")
        super().__init__(*given, **more)

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        if not req.body and req.raw_body:
            _read_anew(req)
        with self.load:
            return super().dispatch(req)

    def finish(self, within_s: float) -> None:
        """Wait for the listeners under way, twice *within_s* seconds at the most."""
        for executor in (self.listener_runner.listener_executor, self.later):
            finished = threading.Thread(target=executor.shutdown, daemon=True)
            finished.start()
            finished.join(within_s)


def _read_anew(request: BoltRequest) -> None:
    """Bolt takes every form in which the word "payload" stands for that of a button, and reads it as nothing."""
    fields = dict(parse_qsl(request.raw_body, keep_blank_values=True))
    if "command" in fields:
        request.body = fields
        request.context = build_context(BoltContext(), fields)


class OldButton(Exception):
    """A click on something that an older or newer version made."""


@contextmanager
def _without_oauth() -> Iterator[None]:
    """
    Make Bolt look away from the environment: with a client's id and secret there it would serve OAuth instead.

    Also keeps its warnings about tokens quiet, which are about the very thing we do on purpose.
    """
    names = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN")
    hidden = {name: os.environ.pop(name) for name in names if name in os.environ}
    noisy = logging.getLogger("slack_bolt.App")
    level = noisy.level
    noisy.setLevel(logging.ERROR)
    try:
        yield
    finally:
        noisy.setLevel(level)
        os.environ.update(hidden)


def _teams(body: dict[str, Any]) -> set[str]:
    """The teams that a payload is for: in a channel shared between workspaces an event names those it is meant for."""
    view = body.get("view")
    if isinstance(view, dict) and view.get("app_installed_team_id"):
        return {str(view["app_installed_team_id"])}  # whoever sees it, it was opened by us
    team, user = body.get("team"), body.get("user")
    own = body.get("team_id") or (team.get("id") if isinstance(team, dict) else team)
    if not own and isinstance(user, dict):  # an app that was installed for a whole organization
        own = user.get("team_id")
    authorized = {str(one.get("team_id")) for one in body.get("authorizations") or () if isinstance(one, dict)}
    return {str(own), *authorized}


class _Gate(Middleware):
    """
    What every payload passes: of our team, by one of us, and if it is an event, kept before it is acknowledged.

    Who clicks or submits in a channel that is shared with another organisation may be of theirs, and Slack names our
    team all the same. Commands and messages are looked at where they are answered.

    A class of Bolt's own kind, since a plain function costs as much in looked-up arguments as the rest of an answer.
    """

    def __init__(self, team_id: str, inbox: Inbox, outgoing: Replies, users: Users, channels: Channels) -> None:
        self._team_id = team_id
        self._inbox = inbox
        self._outgoing = outgoing
        self._users = users
        self._channels = channels

    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,
        next: Callable[[], BoltResponse],  # noqa: A002 - Bolt's name
    ) -> BoltResponse | None:
        body = req.body
        if self._team_id not in _teams(body):
            return self._turn_away(body, _OTHER_TEAM)
        if body.get("type") == "event_callback":
            return self._keep(body)
        if body.get("type") == "app_rate_limited":
            self._inbox.missed(body)
            return BoltResponse(status=200, body="")
        user = body.get("user")
        if isinstance(user, dict) and (why := self._why_not(str(user.get("id")), body)):
            return self._turn_away(body, why)
        req.context["ack"] = SignallingAck()
        return next()

    def _why_not(self, user_id: str, body: dict[str, Any]) -> str:
        """Why somebody is not served; empty if they are."""
        try:
            return "" if self._users.is_ours(user_id) else NOT_OURS
        except UserError:  # Slack does not say, and never did
            channel = body.get("channel")
            where = str(channel.get("id")) if isinstance(channel, dict) else ""
            return _WHO if not where or self._channels.facts(where).shared else ""

    def _turn_away(self, body: dict[str, Any], why: str) -> BoltResponse:
        logger.warning("a payload of another organisation was turned away")
        if "command" in body:
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": why})
        if body.get("type") == "view_submission":
            return BoltResponse(status=200, body={"response_action": "update", "view": said_window(_DID_NOT_WORK, why)})
        if response_url := body.get("response_url"):
            threading.Thread(target=self._say_so, args=(response_url, why), daemon=True).start()
        return BoltResponse(status=200, body="")

    def _say_so(self, response_url: str, why: str) -> None:
        try:
            self._outgoing.respond(response_url, sentence(why))
        except NotDelivered as error:
            failure(logger, "another team could not be told", error)

    def _keep(self, body: dict[str, Any]) -> BoltResponse:
        try:
            self._inbox.accept(body)
        except StorageUnavailable as error:
            failure(logger, f"event {body.get('event_id')} could not be kept; Slack will send it again", error)
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body="")


def _boundary(outgoing: Replies) -> Callable[..., None]:
    def tell(error: Exception, body: dict[str, Any], context: BoltContext) -> None:
        what = str(body.get("command") or body.get("type") or "request")
        text = _sentence_for(error, what)
        reply = context.get("reply")
        try:
            if is_home(body):
                outgoing.open_window(body["trigger_id"], said_window(_DID_NOT_WORK, text))
            elif "view" in body and "response_url" not in body:
                outgoing.change_window(body["view"]["id"], said_window(_DID_NOT_WORK, text))
            elif not isinstance(reply, CommandReply):
                outgoing.respond(body["response_url"], sentence(text))
            elif not isinstance(error, NotDelivered):  # where the answer did not get through, this would not either
                reply.send(sentence(text))
        except Exception as second:  # noqa: BLE001 - the error boundary
            failure(logger, "an error could not be told", second)

    return tell


def _sentence_for(error: Exception, what: str) -> str:
    if isinstance(error, OldButton):
        return _OLD_BUTTON
    if isinstance(error, UserError):
        return str(error)
    return explanation(error, failure(logger, f"{what} failed", error))


def _tell_in_channel(outgoing: Replies) -> Callable[[dict[str, Any], Exception, str], None]:
    def tell(event: dict[str, Any], error: Exception, reference: str) -> None:
        if isinstance(error, StorageUnavailable):
            why = _BUSY if isinstance(error, StorageBusy) else _FULL
            said = sentence(_NOT_YET.format(why=why, reference=reference))
        else:
            said = sentence(explanation(error, reference))
        if "by" in event:  # the order of a window: nobody else need hear of it
            outgoing.post(event["by"], said)
            return
        # where an answer did not get through, or may have, a second message would only confuse
        if "channel" in event and not isinstance(error, NotDelivered):
            thread_ts = event.get("thread_ts") or (event.get("ts") if event.get("type") == "app_mention" else None)
            outgoing.post(event["channel"], said, thread_ts)

    return tell
