"""The Web API over HTTP: arguments in every form that Slack takes, tokens, scopes, pace, faults, answers."""

import json
import logging
import secrets
from dataclasses import dataclass
from email.utils import format_datetime

import aiohttp
from aiohttp import web

from bot.emulator.errors import Json, Refused, TooMany
from bot.emulator.exchange import HttpAnswer, exchange
from bot.emulator.faults import Faults
from bot.emulator.hooks import Hooks
from bot.emulator.methods import METHODS, Args, Call
from bot.emulator.methods.call import Method
from bot.emulator.modals import Modals
from bot.emulator.pace import PER_MINUTE, POSTS_A_MINUTE, CallLimits
from bot.emulator.sockets import Sockets
from bot.emulator.state import WorkspaceState
from bot.emulator.traffic import Traffic

logger = logging.getLogger(__name__)

_STRUCTURES = ("blocks", "attachments", "metadata", "view", "files")


@dataclass(frozen=True)
class Tokens:
    """What the app shows to be let in, and what Slack signs with."""

    bot: str
    app: str
    signing_secret: str


def new_tokens(app_id: str) -> Tokens:
    """Tokens that look like Slack's for the app *app_id*."""
    number = f"{secrets.randbelow(10**12):012d}"
    return Tokens(
        f"xoxb-{number}-{secrets.token_hex(12)}", f"xapp-1-{app_id}-{secrets.token_hex(12)}", secrets.token_hex(16)
    )


class WebApi:
    """Answers calls. *base_url* is where it is, with a final slash; *posts_a_minute* is the workspace's limit."""

    def __init__(
        self,
        state: WorkspaceState,
        modals: Modals,
        hooks: Hooks,
        sockets: Sockets,
        traffic: Traffic,
        faults: Faults,
        tokens: Tokens,
    ) -> None:
        self._state = state
        self._modals = modals
        self._hooks = hooks
        self._sockets = sockets
        self._traffic = traffic
        self._faults = faults
        self._tokens = tokens
        self.pace = CallLimits()
        self.posts_a_minute = POSTS_A_MINUTE
        self.base_url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        name = request.match_info["method"]
        try:
            raw, problem = await _arguments(request), None
        except Refused as refused:
            raw, problem = {}, refused
        except (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError):
            return web.Response(status=400, text="The body cannot be decoded.")
        in_form = raw.pop("token", "")  # in JSON or in the address a token counts for nothing
        if request.content_type == "application/json" or "token" in request.query:
            in_form = ""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or str(in_form)
        entry = self._traffic.begin("from app", name, _readable(raw), self._state.clock.now().isoformat())
        fault = self._faults.next_for(name)
        lag_s = fault.lag_s if fault else 0.0
        response = await exchange(
            request, self._traffic, entry, fault, lambda: self._answer(name, raw, token, problem, lag_s)
        )
        response.headers["Date"] = format_datetime(self._state.clock.now(), usegmt=True)  # by the clock of its messages
        return response

    def _answer(self, name: str, raw: Json, token: str, problem: Refused | None, lag_s: float) -> HttpAnswer:
        method = METHODS.get(name)
        headers = {
            "x-oauth-scopes": ",".join(self._state.manifest.scopes),
            "x-accepted-oauth-scopes": ",".join(method.scopes) if method else "",
            "x-slack-req-id": secrets.token_hex(16),
        }
        try:
            if name == "apps.connections.open":
                self._check_token(token, self._tokens.app, self._tokens.bot)
                return HttpAnswer(200, headers, {"ok": True, "url": self._sockets.new_url()})
            if method is None:
                raise Refused("unknown_method", req_method=name)
            by_app = method.caller == "any" and token == self._tokens.app
            if method.caller != "none" and not by_app:
                self._check_token(token, self._tokens.bot, self._tokens.app)
            if problem is not None:
                raise problem
            return HttpAnswer(200, headers, {"ok": True, **self._run(method, raw, lag_s, by_app=by_app)})
        except Refused as refused:
            return HttpAnswer(200, headers, {"ok": False, "error": refused.error, **refused.details})
        except TooMany as too_many:
            headers["Retry-After"] = str(too_many.retry_after)
            return HttpAnswer(429, headers, {"ok": False, "error": "ratelimited"})
        except Exception:
            logger.exception("%s cannot be answered: a mistake of the emulator's own", name)
            return HttpAnswer(200, headers, {"ok": False, "error": "fatal_error"})

    def _run(self, method: Method, raw: Json, lag_s: float, *, by_app: bool) -> Json:
        call = Call(Args(raw), self._state, self._modals, self._hooks, self.pace, self.base_url, lag_s, by_app)
        call.need_scopes(method.scopes)
        if call.args.text("team_id") not in ("", self._state.team_id):
            raise Refused("team_access_not_granted")
        self.pace.call(method.name, PER_MINUTE.get(method.tier, self.posts_a_minute))
        return method.run(call)

    def _check_token(self, token: str, right: str, wrong: str) -> None:
        if not token:
            raise Refused("not_authed")
        if token == wrong:
            raise Refused("not_allowed_token_type")
        if token != right:
            raise Refused("invalid_auth")


async def _arguments(request: web.Request) -> Json:
    """The arguments of a call, from the query and the body. Raises Refused."""
    raw: Json = dict(request.query)
    if request.method == "GET" or not request.can_read_body:
        return raw
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except LookupError:
            raise Refused("invalid_charset") from None
        except (ValueError, RecursionError):
            raise Refused("invalid_json") from None
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        return raw | body
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        try:
            form = await request.post()
        except LookupError:
            raise Refused("invalid_charset") from None
        except (ValueError, AssertionError, web.HTTPException) as error:
            if isinstance(error, web.HTTPRequestEntityTooLarge):
                raise
            raise Refused("invalid_form_data") from None
        return raw | {name: value for name, value in form.items() if isinstance(value, str)}
    raise Refused("invalid_post_type")


def _readable(raw: Json) -> Json:
    """For the log: structures that came as strings of JSON as what they are."""
    shown = dict(raw)
    for name in _STRUCTURES:
        if isinstance(shown.get(name), str):
            try:
                shown[name] = json.loads(shown[name])
            except (ValueError, RecursionError):
                continue
    return shown
