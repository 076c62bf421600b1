"""A read after the write of a product shows its effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from integration_tests.action_helpers import item_of, refusal, write
from integration_tests.emulator import Emulator
from integration_tests.harness import sync
from integration_tests.samples import sample
from source_zendesk.manifest import Manifest

Json = dict[str, Any]
ENTRIES = Manifest.load().endpoints
STREAMS = {
    "account_custom_claims": ("create", "update", "delete"), "badge_assignments": ("create", "delete"),
    "badge_categories": ("create", "delete"), "badges": ("create", "update", "delete"),
    "capacity_rules": ("create", "update", "delete"), "content_tags": ("create", "update", "delete"),
    "csat_survey_responses": ("create",), "external_content_records": ("create", "update", "delete"),
    "external_content_sources": ("create", "update", "delete"), "guide_medias": ("delete",),
    "external_content_types": ("create", "update", "delete"), "jira_links": ("create", "delete"),
    "permission_groups": ("create", "update", "delete"), "queues": ("create", "update", "delete"),
    "redirect_rules": ("delete",), "schedule_holidays": ("create", "update", "delete"),
    "schedules": ("create", "update", "delete"), "side_conversations": ("create", "import", "update"),
    "themes": ("delete",),
}  # fmt: skip
"""The writes whose object the stream contains afterwards, or no longer."""
OBJECTS = {"csat_survey_responses": "survey_response", "badge_categories": "badge_category"}
CASES: list[tuple[str, str]] = [
    (f"{verb}_{OBJECTS.get(stream, stream.removesuffix('s'))}", stream)
    for stream in STREAMS
    for verb in STREAMS[stream]
]


def read(zendesk: Emulator, stream: str) -> list[Json]:
    result = sync(zendesk.config(), [stream])
    assert result.errors == []
    return result.records[stream]


def act(zendesk: Emulator, name: str, parameters: Json | None = None, **content: Any) -> Json:
    """The record of an action that succeeds."""
    result = write(zendesk, {"stream": name, "parameters": parameters or {}, **content})
    assert result.errors == []
    (record,) = result.records[name]
    return record


def verb_of(case: tuple[str, str]) -> str:
    return case[0].partition("_")[0]


WRITES = sample(CASES, verb_of)


@pytest.mark.parametrize(("name", "stream"), WRITES)
def test_a_read_shows_the_written_object(name: str, stream: str, zendesk: Emulator, tmp_path: Path) -> None:
    entry = ENTRIES[name]
    item = item_of(entry, zendesk, tmp_path)
    key = ENTRIES[stream].primary_key[0]
    before = {str(row[key]) for row in read(zendesk, stream)}
    record = act(zendesk, name, item["parameters"], **{"body": item["body"]} if "body" in item else {})
    after = {str(row[key]): row for row in read(zendesk, stream)}
    if entry.method == "POST":
        assert set(after) - before == {str(record[key])}
        return
    identifier = str(item["parameters"][entry.placeholders[-1]])
    assert identifier in before
    if entry.method == "DELETE":
        assert identifier not in after
        return
    changed = item["body"] if len(item["body"]) > 1 else next(iter(item["body"].values()))
    assert {field: after[identifier][field] for field in changed} == changed


def test_new_intervals_replace_those_of_the_schedule(zendesk: Emulator) -> None:
    first, second = zendesk.store.all("schedules")[:2]
    assert len(first["intervals"]) == 5
    intervals = [{"start_time": 3420, "end_time": 3900}]
    body = {"workweek": {"intervals": intervals}}
    record = act(zendesk, "update_schedule_intervals", {"schedule_id": first["id"]}, body=body)
    assert record["intervals"] == intervals
    after = {row["id"]: row["intervals"] for row in read(zendesk, "schedules")}
    assert (after[first["id"]], after[second["id"]]) == (intervals, second["intervals"])


def test_an_uploaded_file_is_attached_to_the_message_of_a_side_conversation(zendesk: Emulator, tmp_path: Path) -> None:
    (tmp_path / "plan.png").write_bytes(b"content")
    upload = act(zendesk, "upload_side_conversation_attachment", file=str(tmp_path / "plan.png"))
    assert (upload["name"], upload["size"]) == ("plan.png", 7)
    message = {"body": "See the plan", "to": [{"email": "vendor@example.com"}], "attachment_ids": [upload["id"]]}
    made = act(zendesk, "create_side_conversation", {"ticket_id": 1}, body={"message": message})
    (event,) = events_of(zendesk, made["id"])
    assert (event["type"], event["message"]["body"]) == ("create", "See the plan")
    assert [file["id"] for file in event["message"]["attachments"]] == [upload["id"]]


def events_of(zendesk: Emulator, conversation: str) -> list[Json]:
    events = [row for row in read(zendesk, "side_conversation_events") if row["side_conversation_id"] == conversation]
    return sorted(events, key=lambda row: str(row["created_at"]))


def test_replies_changes_and_imports_are_events_of_the_side_conversation(zendesk: Emulator) -> None:
    zendesk.clock.freeze()
    message = {"body": "Any news?", "to": [{"email": "vendor@example.com"}]}
    made = act(zendesk, "create_side_conversation", {"ticket_id": 1}, body={"message": message})
    parameters = {"ticket_id": 1, "side_conversation_id": made["id"]}
    zendesk.clock.advance(minutes=1)
    act(zendesk, "reply_to_side_conversation", parameters, body={"message": message})
    zendesk.clock.advance(minutes=1)
    record = act(zendesk, "update_side_conversation", parameters, body={"side_conversation": {"state": "closed"}})
    assert record["state"] == "closed"
    old = {"created_at": "2022-10-05T20:47:02.230Z", "message": message}
    act(zendesk, "import_side_conversation_events", parameters, body={"events": [old]})
    events = events_of(zendesk, made["id"])
    assert [event["type"] for event in events] == ["reply", "create", "reply", "update"]
    assert events[0]["created_at"].startswith("2022-10-05T20:47:02.23")
    assert events[-1]["updates"] == {"state": "closed"}


@pytest.mark.parametrize("name", ["update_agent_status", "update_own_agent_status", "update_many_agent_statuses"])
def test_a_status_is_that_of_the_agents(name: str, zendesk: Emulator) -> None:
    owner, other = zendesk.store.all("users")[0]["id"], zendesk.store.all("users")[4]["id"]
    agents = {"update_agent_status": {other}, "update_own_agent_status": {owner}}.get(name, {owner, other})
    custom = zendesk.store.all("agent_statuses")[0]
    parameters = {"update_agent_status": {"agent_id": other}, "update_many_agent_statuses": {"ids": [owner, other]}}
    result = write(zendesk, {"stream": name, "parameters": parameters.get(name, {}), "body": {"id": custom["id"]}})
    assert result.errors == []
    assert len(result.records[name]) == len(agents)
    shown = [row["attributes"] for row in read(zendesk, "agent_availabilities")]
    statuses = {row["agent_id"]: row["agent_status"] for row in shown}
    assert {agent for agent, status in statuses.items() if status["name"] == custom["name"]} == agents


def test_assigned_agents_leave_their_former_capacity_rule(zendesk: Emulator) -> None:
    agents = [row["agent_id"] for row in zendesk.store.all("capacity_rule_assignees")[:2]]
    body = {"name": "Few", "capacities": {"email": 1}, "agent_ids": agents[:1]}
    rule = act(zendesk, "create_capacity_rule", body=body)
    act(zendesk, "assign_capacity_rule_agents", {"rule_id": rule["id"]}, body={"agents": agents[1:]})
    rules = {row["agent_id"]: row["capacity_rule_id"] for row in read(zendesk, "capacity_rule_assignees")}
    assert [agent for agent in rules if rules[agent] == rule["id"]] == agents


def test_a_theme_replaces_the_published_one_of_its_brand(zendesk: Emulator) -> None:
    published = zendesk.store.all("themes")[0]
    others = zendesk.store.children("themes", brand_id=published["brand_id"])
    theme = next(row for row in others if not row["live"])
    assert act(zendesk, "publish_theme", {"theme_id": theme["id"]})["live"] is True
    live = {row["id"] for row in read(zendesk, "themes") if row["live"] and row["brand_id"] == published["brand_id"]}
    assert live == {theme["id"]}
    result = write(zendesk, {"stream": "delete_theme", "parameters": {"theme_id": theme["id"]}})
    assert "A live theme cannot be deleted" in result.stream_errors["delete_theme"]
    assert theme["id"] in {row["id"] for row in read(zendesk, "themes")}


def test_the_record_of_an_export_has_the_address_of_the_theme(zendesk: Emulator) -> None:
    body = {"job": {"attributes": {"theme_id": zendesk.store.all("themes")[0]["id"], "format": "zip"}}}
    record = act(zendesk, "export_theme", body=body)
    assert record["data"]["download"]["url"].startswith("https://storage.example.com/")
    assert record["_status"] == "completed"


def test_a_resumed_export_has_the_id_of_its_job(zendesk: Emulator) -> None:
    body = {"job": {"attributes": {"theme_id": zendesk.store.all("themes")[0]["id"], "format": "zip"}}}
    item = {"stream": "export_theme", "body": body}
    first = write(zendesk, item)
    (record,) = write(zendesk, item, first.state_after(2)).records["export_theme"]
    assert (record["id"], record["_status"]) == (first.records["export_theme"][0]["id"], "completed")
    assert sum(request.method == "POST" for request in zendesk.account.requests) == 1


def test_a_failed_export_gives_the_reason_of_zendesk(zendesk: Emulator) -> None:
    zendesk.jobs.outcome = "failed"
    body = {"job": {"attributes": {"theme_id": zendesk.store.all("themes")[0]["id"], "format": "zip"}}}
    result = write(zendesk, {"stream": "export_theme", "body": body})
    assert "Theme not found" in result.stream_errors["export_theme"]


def test_an_address_has_one_redirect_rule(zendesk: Emulator) -> None:
    count = len(read(zendesk, "redirect_rules"))
    for target in ("/hc/en-us/articles/1", "/hc/en-us/articles/2"):
        rule = {"redirect_from": "/hc/en-us/articles/123", "redirect_to": target, "redirect_status": 301}
        assert set(act(zendesk, "set_redirect_rule", body={"redirect_rule": rule})) == {"_action", "_status"}
    rules = read(zendesk, "redirect_rules")
    assert len(rules) == count + 1
    (rule,) = [row for row in rules if row["redirect_from"] == "/hc/en-us/articles/123"]
    assert (rule["redirect_to"], rule["redirect_status"]) == ("/hc/en-us/articles/2", "301")


def test_a_deleted_type_takes_its_records_along(zendesk: Emulator) -> None:
    records = read(zendesk, "external_content_records")
    kind = records[0]["type"]["id"]
    act(zendesk, "delete_external_content_type", {"type_id": kind})
    left = [row for row in records if row["type"]["id"] != kind]
    assert len(left) < len(records)
    assert {row["id"] for row in read(zendesk, "external_content_records")} == {row["id"] for row in left}


def test_a_deleted_badge_takes_its_assignments_along(zendesk: Emulator) -> None:
    badge = zendesk.store.all("badge_assignments")[0]["badge_id"]
    act(zendesk, "delete_badge", {"badge_id": badge})
    assert badge not in {row["badge_id"] for row in read(zendesk, "badge_assignments")}


def test_the_links_to_a_survey_are_redacted(zendesk: Emulator, tmp_path: Path) -> None:
    body = item_of(ENTRIES["create_survey_response"], zendesk, tmp_path)["body"]
    links = act(zendesk, "create_survey_response", body=body)["links"]
    assert [links["url_path"], *(link["url_path"] for link in links["rating_links"])] == ["****"] * 3
    assert [link["rating"] for link in links["rating_links"]] == [1, 5]


def test_a_submitted_survey_response_has_the_answers_of_its_responder(zendesk: Emulator) -> None:
    own, other = zendesk.store.all("csat_survey_responses")[:2]
    answers = [{"type": "open_ended", "question_id": "q1", "value": "Some feedback"}]
    body = {"survey_response": {"answers": answers, "locale": "en-us"}}
    record = act(zendesk, "submit_survey_response", {"survey_response_id": own["id"]}, body=body)
    assert record["answers"][0]["value"] == "Some feedback"
    values = {row["id"]: row["answers"][0]["value"] for row in read(zendesk, "csat_survey_responses")}
    assert (values[own["id"]], values[other["id"]]) == ("Some feedback", None)
    parameters = {"survey_response_id": other["id"]}
    result = write(zendesk, {"stream": "submit_survey_response", "parameters": parameters, "body": body})
    assert "Access to the resource is forbidden" in result.stream_errors["submit_survey_response"]


def test_more_agents_than_a_job_takes_are_refused(zendesk: Emulator) -> None:
    item = {"stream": "update_many_agent_statuses", "parameters": {"ids": [*range(101)]}, "body": {"id": 4}}
    assert "101 items; update_many_agent_statuses takes at most 100" in refusal(zendesk, item)
    assert zendesk.account.requests == []
