"""Changes of lines, greetings, menus, settings and recordings, and requests to call back."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, no_content, ok
from integration_tests.emulator.api.routes import endpoints
from integration_tests.emulator.data.links import EMBEDDED
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.seeds import key_of
from integration_tests.emulator.products.talk.configuration import FOR_SALE
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.files import parts
from integration_tests.emulator.writes.generic import REQUIRED, body_object, validate

REQUIRED.update({
    "address": ("name", "street", "zip", "province", "country_code"), "greeting": ("name", "category_id"),
    "callback_request": ("phone_number_id", "requester_phone_number"),
    "phone_number": ("token",), "ivr": ("name",), "ivr_menu": ("name",), "ivr_route": ("action", "keypress"),
})  # fmt: skip
EMBEDDED.update({"ivr_menus", "ivr_routes"})
RECORDING_TYPES = ("call", "voicemail")
SOUND_FILE = "greeting[upload_attributes][uploaded_data]"


def _delete(call: Call) -> Row:
    row = lists.path_row(call)
    call.account.store.delete(call.endpoint.of, key_of(call.endpoint.of, row))
    return row


@serve("delete_shown")
def delete_shown(call: Call) -> Reply:
    """Delete a row and return it."""
    return ok({call.endpoint.key: _delete(call)})


@serve("delete_quietly")
def delete_quietly(call: Call) -> Reply:
    """Delete a row; the response is an empty string with status 200."""
    _delete(call)
    return ok("")


@serve("update_availability")
def update_availability(call: Call) -> Reply:
    """The account has one row of availability for all agents."""
    user = lists.find(call, "users", call.params["agent_id"])
    if user["role"] == "end-user":
        raise errors.not_found()
    return _update_single(call)


@serve("update_single")
def update_single(call: Call) -> Reply:
    """Change the only row of a collection."""
    return _update_single(call)


def _update_single(call: Call) -> Reply:
    row = call.account.store.all(call.endpoint.of)[0]
    row.update(body_object(call))
    return ok({call.endpoint.key: row})


@serve("callback_request")
def callback_request(call: Call) -> Reply:
    fields = body_object(call, "callback_request")
    validate(call, fields, "callback_request", "")
    return ok("", 201)


@serve("delete_recordings")
def delete_recordings(call: Call) -> Reply:
    """Delete the recordings of a call, or those of one type."""
    lists.parents(call)
    if call.params.get("recording_type", "call") not in RECORDING_TYPES:
        raise errors.not_found()
    return no_content()


def _digital_line(call: Call) -> Row:
    row = lists.path_row(call)
    if row["line_type"] != "digital":
        raise errors.not_found()
    return row


def _shown(row: Row) -> Row:
    """A digital line as its own endpoint returns it."""
    (shown,) = (endpoint for endpoint in endpoints() if endpoint.serve == "digital_line")
    return {name: row[name] for name in shown.fields}


@serve("create_digital_line")
def create_digital_line(call: Call) -> Reply:
    fields = body_object(call) | {"line_type": "digital", "number": None, "display_number": None}
    return created("digital_line", _shown(call.account.store.create("lines", **fields)))


@serve("update_digital_line")
def update_digital_line(call: Call) -> Reply:
    row = _digital_line(call)
    return ok({"digital_line": _shown(call.account.store.update("lines", row["id"], **body_object(call)))})


@serve("delete_digital_line")
def delete_digital_line(call: Call) -> Reply:
    call.account.store.delete("lines", _digital_line(call)["id"])
    return ok({"status": "deleted"})


@serve("create_greeting")
def create_greeting(call: Call) -> Reply:
    fields = body_object(call)
    validate(call, fields, "greeting", "greetings")
    more = {"default": False, "audio_url": None, "audio_name": None}
    return created("greeting", call.account.store.create("greetings", **fields | more))


@serve("update_greeting")
def update_greeting(call: Call) -> Reply:
    """Change the name by JSON, or the sound file by a multipart body."""
    row = lists.path_row(call)
    if "json" in call.headers.get("content-type", ""):
        return ok({"greeting": call.account.store.update("greetings", row["id"], **body_object(call))})
    name, content = parts(call).get(SOUND_FILE, (None, b""))
    if not content:
        raise errors.record_invalid(uploaded_data="uploaded_data is required")
    upload = 1 + max(greeting["upload_id"] or 0 for greeting in call.account.store.all("greetings"))
    sound = {"audio_name": name, "audio_url": f"/system/voice/uploads/0000/{upload:04}/{name}", "upload_id": upload}
    return ok({"greeting": call.account.store.update("greetings", row["id"], **sound)})


@serve("buy_number")
def buy_number(call: Call) -> Reply:
    """Buy the phone number for sale with this token."""
    fields = body_object(call)
    validate(call, fields, "phone_number", "phone_numbers")
    number = "+" + str(fields["token"]).removeprefix("token-")
    if number not in {f"+1415777{n:04}" for n in range(FOR_SALE)}:
        raise errors.record_invalid(token="token: is invalid")
    return ok({"phone_number": call.account.store.create("phone_numbers", number=number, display_number=number)})
