"""Changes of saved searches, content pins, brand logos and suspended tickets."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created, ok
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.bulk import per_item, start_job
from integration_tests.emulator.writes.files import parts
from integration_tests.emulator.writes.generic import READ_ONLY, REQUIRED, bulk_ids, require

LOGO = "brand[logo][uploaded_data]"
SAVED_SEARCH = ("name", "query", "type")
REQUIRED["ticket_content_pin"] = ("ticket_id", "content_id", "content_type")


def _search_fields(call: Call) -> Row:
    """The fields of a saved search, which have no outer key."""
    fields = {name: value for name, value in call.json_body().items() if name not in READ_ONLY}
    unknown = sorted(set(fields) - {*SAVED_SEARCH, "filters"})
    if unknown:
        raise errors.record_invalid(**{unknown[0]: f"{unknown[0]}: is not a parameter"})
    require(fields, *SAVED_SEARCH)
    return fields


@serve("create_saved_search")
def create_saved_search(call: Call) -> Reply:
    return created("saved_search", call.account.store.create("saved_searches", **_search_fields(call)))


@serve("update_saved_search")
def update_saved_search(call: Call) -> Reply:
    row = lists.path_row(call)
    return ok({"saved_search": call.account.store.update("saved_searches", row["id"], **_search_fields(call))})


@serve("delete_bare")
def delete_bare(call: Call) -> Reply:
    """Delete a row and return it without an outer key."""
    row = lists.path_row(call)
    call.account.store.delete(call.endpoint.of, row["id"])
    return ok(row)


@serve("update_brand_logo")
def update_brand_logo(call: Call) -> Reply:
    name, content = parts(call).get(LOGO, (None, b""))
    if not content:
        raise errors.record_invalid(logo="logo is required")
    (brand,) = lists.parents(call)
    logo = {**(brand["logo"] or {}), "file_name": name, "size": len(content)}
    return ok({"brand": call.account.store.update("brands", brand["id"], logo=logo)})


@serve("job_recover")
def recover_in_bulk(call: Call) -> Reply:
    """Recover suspended tickets in a job."""
    store, texts = call.account.store, bulk_ids(call)

    def recover(text: str) -> Row:
        row = lists.find(call, "suspended_tickets", text)
        ticket = store.create("tickets", subject=row["subject"] or "Recovered", description=row["content"] or "-")
        store.delete("suspended_tickets", row["id"])
        return {"id": ticket["id"], "action": "update", "status": "Updated", "success": True}

    return start_job(call, "Bulk Recover Suspended Tickets", per_item(texts, recover), len(texts))
