"""Phone numbers, lines, greetings and IVR menus."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.links import Store, link
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import lists, sideloads

AUDIO = b"ID3\x03\x00emulated greeting"
FOR_SALE = 120


@fixup("lines", "phone_numbers")
def line(row: Row, m: Maker) -> None:
    """A line; every third one is digital and has no number."""
    digital = m.collection == "lines" and m.index % 3 == 0
    number = None if digital else f"+1415555{m.index:04}"
    row.update(line_type="digital" if digital else "phone", number=number, display_number=number)
    row.update(group_ids=[m.seed_ids.id_of("groups", m.index)], greeting_ids=[], default_greeting_ids=["voicemail_en"])
    row.update(
        categorised_greetings={"1": "voicemail_en"}, categorised_greetings_with_sub_settings={}, priority=m.index
    )


@fixup("greetings")
def greeting(row: Row, m: Maker) -> None:
    """A greeting; the default ones have string ids, and no upload."""
    default, name = isinstance(m.id, str), f"greeting {m.index}.mp3"
    row.update(id=m.id, default=default, category_id=m.seed_ids.id_of("greeting_categories", m.index))
    row.update(audio_url=f"/system/voice/uploads/0000/{m.index:04}/{name}", audio_name=name)
    row.update(upload_id=None if default else m.index, ivr_ids=[], phone_number_ids=[])


@fixup("ivr_menus")
def menu(row: Row, _: Maker) -> None:
    row["routes"] = []


@fixup("ivr_routes")
def route(row: Row, m: Maker) -> None:
    row.update(action="group", keypress=str(m.index % 10), options={"group_ids": [m.seed_ids.id_of("groups", m.index)]})
    row.update(ivr_id=m.seed_ids.parent_of("ivr_menus", m.parent), overflow_options=[], greeting=None)


@link("ivrs")
def with_menus(store: Store, row: Row, _: Any) -> None:
    row["menus"] = store.children("ivr_menus", ivr_id=row["id"])


@link("ivr_menus")
def with_routes(store: Store, row: Row, _: Any) -> None:
    row["routes"] = store.children("ivr_routes", ivr_menu_id=row["id"])


sideloads.INTO_ROWS["settings"] = lambda *_: {"settings": {"voicemail": True, "wrap_up_time_limit": None}}


@serve("digital_line")
def digital_line(call: Call) -> Reply:
    row = lists.path_row(call)
    if row["line_type"] != "digital":
        raise errors.not_found()
    return ok({"digital_line": {name: row[name] for name in call.endpoint.fields}})


@serve("download_greeting")
def download_greeting(call: Call) -> Reply:
    lists.parents(call)
    return Reply(body=AUDIO, headers={"Content-Type": "audio/mpeg"})


@serve("available_numbers")
def available_numbers(call: Call) -> Rows:
    """Phone numbers available for purchase."""
    country = call.query_value("country") or "US"
    numbers = [f"+1415777{n:04}" for n in range(FOR_SALE)]
    wanted = call.query_value("contains") or ""
    return listing(
        {"number": number, "token": f"token-{number[1:]}", "country": country, "toll_free": False, "price": "1.00"}
        for number in numbers
        if wanted in number
    )
