"""`users.*`, `usergroups.*`, `dnd.*`: who is there, and who wants to be left in peace."""

from bot.emulator.errors import Json, Refused, invalid_arguments
from bot.emulator.methods.call import Call, method
from bot.emulator.methods.cursors import page_of
from bot.emulator.model import User, UserGroup

_MOST_ASKED = 50


@method("users.info", "users:read", tier=4)
def _info(call: Call) -> Json:
    user = call.user()
    locale = {"locale": user.locale} if call.args.flag("include_locale") else {}
    return {"user": {**_shown(call, user), **locale}}


@method("users.list", "users:read", tier=2)
def _list(call: Call) -> Json:
    page, metadata = page_of(list(call.state.users.values()), call.args, 1000)
    shown = [_shown(call, user) for user in page]
    return {"members": shown, "cache_ts": int(call.state.now_s), "response_metadata": metadata}


@method("users.lookupByEmail", "users:read.email")
def _lookup(call: Call) -> Json:
    email = call.args.need("email").lower()
    for user in call.state.users.values():
        if user.email == email and not user.is_bot and not user.deleted:
            return {"user": _shown(call, user)}
    raise Refused("users_not_found")


@method("users.getPresence", "users:read")
def _presence(call: Call) -> Json:
    user = call.user() if call.args.text("user") else call.state.users[call.state.bot_user_id]
    return {"presence": user.presence}


@method("dnd.info", "dnd:read")
def _dnd(call: Call) -> Json:
    """What somebody paused by hand is told, as a pause, to themselves alone."""
    own = call.state.users[call.state.bot_user_id]
    user = call.user() if call.args.text("user") else own
    now = call.state.clock.now()
    return user.own_dnd(now) if user is own else user.dnd(now)


@method("dnd.teamInfo", "dnd:read", tier=2)
def _team_dnd(call: Call) -> Json:
    wanted = call.args.ids("users")
    if not wanted:
        raise Refused("no_users_provided")
    if len(wanted) > _MOST_ASKED:
        raise invalid_arguments([f"no more than {_MOST_ASKED} items allowed [json-pointer:/users]"])
    now, users = call.state.clock.now(), call.state.users
    return {"users": {one: users[one].dnd(now) for one in wanted if one in users}}


@method("usergroups.list", "usergroups:read", tier=2)
def _groups(call: Call) -> Json:
    with_users = call.args.flag("include_users")
    return {"usergroups": [_group(call, one, with_users=with_users) for one in call.state.user_groups]}


@method("usergroups.users.list", "usergroups:read", tier=2)
def _group_users(call: Call) -> Json:
    wanted = call.args.need("usergroup")
    for group in call.state.user_groups:
        if group.id == wanted:
            return {"users": list(group.users)}
    raise Refused("no_such_subteam")


def _shown(call: Call, user: User) -> Json:
    shown = user.as_json(call.state.team_id, call.state.clock.now())
    if call.state.people.is_foreign(user.id):
        shown["is_stranger"] = call.state.people.is_stranger(user.id)
    if "users:read.email" not in call.state.manifest.scopes:
        shown["profile"].pop("email", None)
    return shown


def _group(call: Call, group: UserGroup, *, with_users: bool) -> Json:
    created = int(call.state.now_s) - 86400
    return {
        "id": group.id,
        "team_id": call.state.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_create": created,
        "date_update": created,
        "date_delete": 0,
        "user_count": len(group.users),
        **({"users": list(group.users)} if with_users else {}),
    }
