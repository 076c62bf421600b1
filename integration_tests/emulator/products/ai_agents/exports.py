"""The exports of AI agents: files with the conversations of one AI agent that ended on one day (UTC).

A request returns signed addresses on a storage host, which accepts them for a day.
https://developer.zendesk.com/documentation/ai-agents/getting-started/data-export/
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import orjson

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.account import Account
from integration_tests.emulator.api.calls import Call, encode
from integration_tests.emulator.api.registry import complete_rows, serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.api.routes import accounts
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.links import Store, link
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker

DAY = 86_400
SEEDED_DAYS, KEPT_DAYS = 20, 30
FILE_ROWS = 5
"""The conversations in a file; Zendesk documents no number."""
COLLECTION, PRODUCT, STORAGE = "ai_agent_conversations", "ai_agents", "/storage/exports"
MINUTES_VALID = 1440


@fixup(COLLECTION)
def conversation(row: Row, m: Maker) -> None:
    """A conversation of each AI agent in turn; its time is in seconds since the last midnight, until it is linked."""
    bots = accounts()[PRODUCT]["bot_ids"]
    end = m.index % 1000 * 60 - (1 + m.index // len(bots) % SEEDED_DAYS) * DAY
    row.update(conversation_id=m.id, bot_id=bots[m.index % len(bots)], conversation_end_time=end)


@link(COLLECTION)
def date_conversation(store: Store, row: Row, _: Any) -> None:
    """Date a conversation on one of the last days of the account's clock."""
    if isinstance(row["conversation_end_time"], int):
        end = int(store.clock.epoch()) // DAY * DAY + row["conversation_end_time"]
        row.update(conversation_start_time=iso(end - 300), conversation_end_time=iso(end))


@serve("ai_agent_export")
def export(call: Call) -> Reply:
    """The addresses of the files of a day; 404 for a day without conversations, 401 for another organization."""
    block, body = call.endpoint.block, call.json_body()
    if call.headers.get("organizationid") != block["organization_id"]:
        raise errors.unauthenticated()
    day, bot = str(body.get("date", "")), call.headers.get("botid", "")
    _check_day(call.account, day)
    count = len(_rows(call.account, bot, day))
    if not count:
        raise errors.ApiError(404, {"message": "No data found"})
    names = [f"conversation_{bot}_{day}_{number:012}" for number in range(-(-count // FILE_ROWS))]
    expires = int(call.account.clock.epoch()) + int(body.get("ttl", MINUTES_VALID)) * 60
    storage = f"http://localhost:{urlsplit(call.base).port}{STORAGE}/{bot}"
    urls = [f"{storage}/{name}.json{encode(_signed(name, expires))}" for name in names]
    return ok({"date": day, "urls": urls})


def _check_day(account: Account, day: str) -> None:
    """400 unless the text is one of the last 30 days, or today."""
    try:
        midnight = epoch_of(day)
    except ValueError as error:
        raise errors.ApiError(400, {"message": "date must be a valid ISO 8601 date string"}) from error
    now = account.clock.epoch()
    if not now - (KEPT_DAYS + 1) * DAY < midnight <= now:
        raise errors.ApiError(400, {"message": f"date must be within the last {KEPT_DAYS} days"})


def _signed(name: str, expires: int) -> list[tuple[str, str]]:
    """The query of a signed address."""
    signature = hashlib.sha256(f"{name} {expires} secret of the storage".encode()).hexdigest()
    return [("expires", str(expires)), ("signature", signature)]


def _rows(account: Account, bot: str, day: str) -> list[Row]:
    """The conversations of an AI agent that ended on a day; none for a day that has not ended."""
    if epoch_of(day) + DAY > account.clock.epoch():
        return []
    rows = account.store.all(COLLECTION)
    return [row for row in rows if row["bot_id"] == bot and row["conversation_end_time"].startswith(day)]


def stored_file(account: Account, bot: str, name: str, query: dict[str, list[str]]) -> bytes:
    """The content of a file on the storage, by its name without extension; 403 if the address is no longer valid."""
    given = [(key, values[-1]) for key, values in query.items()]
    expires = int(dict(given).get("expires", 0))
    if given != _signed(name, expires) or expires < account.clock.epoch():
        raise errors.ApiError(403, "<Error><Code>AccessDenied</Code></Error>", {"Content-Type": "application/xml"})
    _, _, day, number = name.split("_")
    begin = int(number) * FILE_ROWS
    return orjson.dumps(_rows(account, bot, day)[begin : begin + FILE_ROWS])


@complete_rows("ai_agent_export")
def every_row(call: Call) -> list[Row]:
    return exported_rows(call.account.store.all(COLLECTION))


def exported_rows(rows: Iterable[Row]) -> list[Row]:
    """The records of conversations: the names of the fields in lower case, and the day of the export."""
    return [
        {"export_date": row["conversation_end_time"][:10], **{name.lower(): value for name, value in row.items()}}
        for row in rows
    ]
