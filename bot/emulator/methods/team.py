"""`auth.test`, `team.info`, `bots.info`, reactions, emoji, pins, bookmarks."""

import re

from bot.emulator.emoji import NAMES
from bot.emulator.errors import Json, Refused
from bot.emulator.methods.call import Call, method
from bot.emulator.model import Organisation

_EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


@method("api.test", tier=4, caller="none")
def _api_test(call: Call) -> Json:
    if call.args.text("error"):
        raise Refused(call.args.text("error"), args=call.args.as_json())
    return {"args": call.args.as_json()}


@method("auth.test", tier=4, caller="any")
def _auth_test(call: Call) -> Json:
    if call.by_app:
        return {"app_name": call.state.manifest.name, "app_id": call.state.app_id}
    return {
        "url": f"https://{call.state.seed.team_domain}.slack.com/",
        "team": call.state.seed.team_name,
        "user": call.state.manifest.name,
        "team_id": call.state.team_id,
        "user_id": call.state.bot_user_id,
        "bot_id": call.state.bot_id,
        "is_enterprise_install": False,
    }


@method("team.info", "team:read")
def _team_info(call: Call) -> Json:
    seed, wanted = call.state.seed, call.args.text("team") or call.state.team_id
    known = [Organisation(seed.team_id, seed.team_name, seed.team_domain), *_connected(call)]
    found = next((one for one in known if one.id == wanted), None)
    if found is None:
        raise Refused("team_not_found")
    url = f"https://{found.domain}.slack.com/"
    team = {"id": found.id, "name": found.name, "url": url, "domain": found.domain, "email_domain": ""}
    return {"team": {**team, "icon": {"image_default": True}}}


def _connected(call: Call) -> list[Organisation]:
    """The other organisations with which the app shares a channel."""
    shared = {one for channel in call.state.channels.values() if call.is_member(channel) for one in channel.shared_with}
    return [one for one in call.state.seed.organisations if one.id in shared]


@method("bots.info", "users:read")
def _bots_info(call: Call) -> Json:
    wanted = call.args.text("bot") or call.state.bot_id
    if not any(user.bot_id == wanted for user in call.state.users.values()):
        raise Refused("bot_not_found")
    profile = call.state.bot_profile(wanted)
    profile.pop("team_id")
    return {"bot": profile}


@method("reactions.add", "reactions:write")
def _add_reaction(call: Call) -> Json:
    _react(call, "already_reacted", add=True)
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def _remove_reaction(call: Call) -> Json:
    _react(call, "no_reaction", add=False)
    return {}


@method("emoji.list", "emoji:read", tier=2)
def _emoji(call: Call) -> Json:
    return {"emoji": {}, "cache_ts": str(call.state.now_s)}


@method("pins.list", "pins:read", tier=2)
def _pins(call: Call) -> Json:
    call.channel()
    return {"items": []}


@method("bookmarks.list", "bookmarks:read")
def _bookmarks(call: Call) -> Json:
    call.channel("channel_id")
    return {"bookmarks": []}


def _react(call: Call, error: str, *, add: bool) -> None:
    name = call.args.need("name").strip(":")
    if not _EMOJI.fullmatch(name) or name.partition("::")[0] not in NAMES:
        raise Refused("invalid_name")
    if not call.args.text("channel") or not call.args.text("timestamp"):
        raise Refused("no_item_specified")
    channel = call.channel()
    message = call.message(channel, call.args.need("timestamp"))
    if channel.archived:
        raise Refused("is_archived")
    if not call.state.react(message, call.state.bot_user_id, name, add=add):
        raise Refused(error)
