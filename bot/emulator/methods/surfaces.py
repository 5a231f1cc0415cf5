"""`views.*`: modals and the Home tab."""

from bot.emulator.block_rules import HOME, MODAL
from bot.emulator.errors import Json, Refused, invalid_arguments
from bot.emulator.methods.call import Call, method
from bot.emulator.model import View
from bot.emulator.views import view_problems


@method("views.open", tier=4)
def _open(call: Call) -> Json:
    trigger_id, view = call.args.need("trigger_id"), view_of(call, MODAL)
    return _shown(call, call.modals.open(call.hooks.use_trigger(trigger_id), view, call.hooks.place_of(trigger_id)))


@method("views.push", tier=4)
def _push(call: Call) -> Json:
    trigger_id, view = call.args.need("trigger_id"), view_of(call, MODAL)
    return _shown(call, call.modals.push(call.hooks.use_trigger(trigger_id, in_modal=True), view))


@method("views.update", tier=4)
def _update(call: Call) -> Json:
    if not call.args.text("view_id") and not call.args.text("external_id"):
        raise invalid_arguments(["missing required field: view_id or external_id"])
    found = call.modals.find(call.args.text("view_id"), call.args.text("external_id"))
    body = view_of(call, HOME if found.body["type"] == "home" else MODAL)
    return _shown(call, call.modals.update(found, body, call.args.text("hash")))


@method("views.publish", tier=4)
def _publish(call: Call) -> Json:
    user = call.args.need("user_id")
    body = view_of(call, HOME)
    person = call.state.users.get(user)
    if person is None or person.is_bot or person.deleted:
        raise invalid_arguments(["invalid `user_id`"])
    if not call.state.manifest.home_tab:
        raise Refused("not_enabled")
    return _shown(call, call.modals.publish(user, body, call.args.text("hash")))


def view_of(call: Call, surface: str) -> Json:
    """The argument `view`, checked. Raises Refused."""
    view = call.args.structure("view", "invalid_arguments")
    if view is None:
        raise invalid_arguments(["missing required field: view"])
    found = view_problems(view, surface)
    if any(one.startswith("view is too large") for one in found):
        raise Refused("view_too_large")
    if found:
        raise invalid_arguments(found)
    return dict(view)


def _shown(call: Call, view: View) -> Json:
    return {"view": call.modals.as_json(view)}
