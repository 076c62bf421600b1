"""Objects of custom objects and of their records."""

from __future__ import annotations

from urllib.parse import urlsplit

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, created
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows
from integration_tests.emulator.data.values import HOST, Maker
from integration_tests.emulator.reads import filters, lists, opt_in_fields, static_responses
from integration_tests.emulator.writes.files import parts

CONDITIONS = {
    "conditions_all": [static_responses.condition("status")],
    "conditions_any": [static_responses.condition("type")],
}
static_responses.DEFINITIONS["custom_object_access_rules"] = CONDITIONS
static_responses.DEFINITIONS["object_triggers"] = CONDITIONS | {"actions": [static_responses.condition("priority")]}


@fixup("object_triggers")
def trigger(row: Row, m: Maker) -> None:
    row.update(title=f"Trigger {m.index + 1}", actions=[{"field": "status", "value": "solved"}])
    row["conditions"] = {"all": [{"field": "status", "operator": "is", "value": "open"}], "any": []}


@fixup("custom_object_record_events")
def event(row: Row, m: Maker) -> None:
    row.update(actor={"id": str(m.seed_ids.agent(m.index)), "type": "user"}, properties={"field": "weight"})


@fixup("custom_object_record_attachments")
def attachment(row: Row, m: Maker) -> None:
    key = m.seed_ids.id_of("custom_objects", 0)
    row.update(content_type="image/png", filename=f"file {m.index + 1}.png", size=m.index * 37 % 5000)
    row["content_url"] = f"{HOST}/api/v2/custom_objects/{key}/records/{m.parent}/attachments/{m.id}/download"
    row.update(malware_access_override=False, malware_scan_status="malware_not_found")


@serve("download_record_attachment")
def download_record_attachment(call: Call) -> Reply:
    """A redirect to the storage; 403 for malware, unless an agent allowed access."""
    row = lists.parents(call)[-1]
    if row["malware_scan_status"] == "malware_found" and not row["malware_access_override"]:
        raise errors.ApiError(403, "")
    storage = f"http://localhost:{urlsplit(call.base).port}/storage/custom_object_record_attachments/{row['id']}"
    return Reply(302, b"", {"Location": storage})


@serve("upload_record_attachment")
def upload_record_attachment(call: Call) -> Reply:
    """Store a file as an attachment of a record."""
    name, content = parts(call).get("uploaded_data", (None, b""))
    if not name:
        raise errors.record_invalid(uploaded_data="uploaded_data is required")
    record = lists.parents(call)[-1]
    row = call.account.store.create(call.endpoint.of, record["id"], filename=name, size=len(content))
    return created(call.endpoint.key, row)


@serve("filter_records")
def filter_records(call: Call) -> Rows:
    key = lists.find(call, "custom_objects", call.params["custom_object_key"])["key"]
    table, wanted = call.account.store.table("custom_object_records"), call.json_body().get("filter") or {}
    rows = Rows(table.by("custom_object_key", key), table.json).where(lambda row: filters.meets(row, wanted))
    return opt_in_fields.drop_opt_in_data(call, rows)
