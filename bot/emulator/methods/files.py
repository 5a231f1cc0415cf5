"""File upload in three calls, and `files.info`."""

import mimetypes

from bot.emulator.errors import Json, Refused, invalid_arguments
from bot.emulator.methods.call import Call, method
from bot.emulator.methods.content import thread_of
from bot.emulator.model import Upload
from bot.emulator.text import stored

_LARGEST = 10 * 1024 * 1024


@method("files.getUploadURLExternal", "files:write", tier=4)
def _get_upload_url(call: Call) -> Json:
    name = call.args.need("filename")
    length = call.args.number("length", 0, "invalid_arguments")
    if not 0 < length <= _LARGEST:
        raise invalid_arguments([f"`length` must be between 1 and {_LARGEST}"])
    made = Upload(call.state.new_id("F"), name, length, call.state.bot_user_id, int(call.state.now_s))
    call.state.uploads[made.id] = made
    return {"upload_url": f"{call.base_url}upload/{made.id}", "file_id": made.id}


@method("files.completeUploadExternal", "files:write", tier=4)
def _complete_upload(call: Call) -> Json:
    asked = call.args.structure("files", "invalid_arguments")
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise invalid_arguments(["missing required field: files"])
    uploads = [_finished(call, str(one.get("id"))) for one in asked]
    for one, upload in zip(asked, uploads, strict=True):
        upload.title = str(one.get("title") or upload.name)
    if call.args.text("channel_id"):
        channel = call.channel("channel_id")
        if not call.is_member(channel):
            raise Refused("not_in_channel")
        if channel.archived:
            raise Refused("is_archived")
        root = thread_of(channel, call.args)
        for upload in uploads:
            upload.channels.append(channel.id)
        call.state.post_as_app(
            channel,
            stored(call.args.text("initial_comment")),
            thread_ts=root,
            files=[file_json(call, upload) for upload in uploads],
        )
    for upload in uploads:
        upload.completed = True
    return {"files": [file_json(call, upload) for upload in uploads]}


@method("files.info", "files:read", tier=4)
def _info(call: Call) -> Json:
    upload = call.state.uploads.get(call.args.need("file"))
    if upload is None or upload.content is None:
        raise Refused("file_not_found")
    return {"file": file_json(call, upload), "comments": [], "response_metadata": {"next_cursor": ""}}


def file_json(call: Call, upload: Upload) -> Json:
    """The file object."""
    kind = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    address = f"{call.base_url}files/{upload.id}"
    suffix = upload.name.rpartition(".")[2].lower() if "." in upload.name else "binary"
    return {
        "id": upload.id,
        "created": upload.created,
        "timestamp": upload.created,
        "name": upload.name,
        "title": upload.title or upload.name,
        "mimetype": kind,
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "user": upload.user,
        "user_team": call.state.team_id,
        "editable": False,
        "size": upload.length,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
        "channels": list(upload.channels),
        "groups": [],
        "ims": [],
    }


def _finished(call: Call, file_id: str) -> Upload:
    upload = call.state.uploads.get(file_id)
    if upload is None or upload.content is None or upload.completed:
        raise Refused("file_not_found")
    return upload
