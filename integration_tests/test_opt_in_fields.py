"""Rows and fields that Zendesk returns only on request."""

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.data.history import make_attachment
from integration_tests.harness import Result, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

RECORDS = "/api/v2/custom_objects/object_1/records"
NEXT = "https://acme.zendesk.com/api/v2/custom_objects/car/records/1/events?page%5Bafter%5D=x"
PARAMETERS = {
    "search_custom_object_records": {"custom_object_key": "car"},
    "autocomplete_custom_object_records": {"custom_object_key": "car"},
    "filtered_search_custom_object_records": {"custom_object_key": "car"},
    "search_itam_assets": {"query": "laptop"},
}


@pytest.mark.parametrize("stream", ["ticket_fields", "show_ticket_field", "show_many_ticket_fields"])
def test_ticket_fields_contain_their_creator(stream: str, zendesk: Emulator) -> None:
    rows = sync(zendesk.config(), [stream]).records[stream]
    assert {row["id"]: row["creator_user_id"] for row in rows} == {
        row["id"]: row["creator_user_id"] for row in zendesk.store.all("ticket_fields")
    }


def test_deleted_users_are_shown_by_their_ids(zendesk: Emulator) -> None:
    (*_, user) = (row["id"] for row in zendesk.store.all("users"))
    zendesk.store.delete("users", user)
    item = {"stream": "show_many_users", "parameters": {"ids": str(user)}}
    rows = sync(zendesk.config(inputs=[item]), ["show_many_users"]).records["show_many_users"]
    assert [(row["id"], row["active"]) for row in rows] == [(user, False)]


def test_standard_fields_of_custom_objects_are_emitted(zendesk: Emulator) -> None:
    rows = sync(zendesk.config(), ["custom_object_fields"]).records["custom_object_fields"]
    assert {row["id"] for row in rows} == {row["id"] for row in zendesk.store.all("custom_object_fields")}
    assert any(row["key"].startswith("standard::") for row in rows)


def test_deleted_metric_events_are_emitted(zendesk: Emulator) -> None:
    event = zendesk.store.create("ticket_metric_events", ticket_id=3, deleted=True)
    zendesk.clock.advance(hours=1)
    rows = sync(zendesk.config(), ["ticket_metric_events"]).records["ticket_metric_events"]
    assert event["id"] in [row["id"] for row in rows if row["deleted"]]


def test_inline_images_are_listed_with_the_attachments(zendesk: Emulator) -> None:
    image = make_attachment(3, 900, "screen.png") | {"inline": True}
    zendesk.store.update("tickets", 3, comment={"body": "See here", "attachments": [image]})
    zendesk.clock.advance(hours=1)
    rows = sync(zendesk.config(), ["list_ticket_comments"]).records["list_ticket_comments"]
    assert [row["attachments"] for row in rows if row["body"] == "See here"] == [[image]]


def test_an_edited_target_is_emitted_again(zendesk: Emulator) -> None:
    older = [
        {
            "type": "STREAM",
            "stream": {
                "stream_descriptor": {"name": "targets"},
                "stream_state": {"created_at": "2026-01-01T00:00:00Z"},
            },
        }
    ]
    target = zendesk.store.all("targets")[2]
    zendesk.store.update("targets", target["id"], title="Renamed")
    rows = sync(zendesk.config(), ["targets", "show_target"], older).records
    for stream in ("targets", "show_target"):
        assert "Renamed" in [row["title"] for row in rows[stream]]
        assert len(rows[stream]) == len(zendesk.store.all("targets"))


def search(parameters: dict[str, str], zendesk: Emulator) -> list[str]:
    item = {"stream": "search_custom_object_records", "parameters": {"custom_object_key": "object_1", **parameters}}
    result = sync(zendesk.config(inputs=[item]), ["search_custom_object_records"])
    assert not result.errors
    return zendesk.requests_to(f"{RECORDS}/search")[0].query["sort"]


def test_a_record_search_is_sorted_by_default(zendesk: Emulator) -> None:
    assert search({}, zendesk) == ["created_at"]


def test_a_record_search_keeps_the_requested_sort(zendesk: Emulator) -> None:
    assert search({"sort": "-name"}, zendesk) == ["-name"]


def test_a_refused_requested_sort_is_an_error(zendesk: Emulator) -> None:
    parameters = {"custom_object_key": "object_1", "sort": "colour"}
    item = {"stream": "search_custom_object_records", "parameters": parameters}
    result = sync(zendesk.config(inputs=[item]), ["search_custom_object_records"])
    assert "sort is not valid" in result.stream_errors["search_custom_object_records"]
    assert len(zendesk.requests_to(f"{RECORDS}/search")) == 1


def test_tickets_of_ai_agents_are_listed(zendesk: Emulator) -> None:
    zendesk.account.ai_agent_tickets = {3, 7}
    zendesk.store.delete("tickets", 7)
    rows = sync(zendesk.config(), ["list_tickets", "deleted_tickets"]).records
    assert 3 in [row["id"] for row in rows["list_tickets"]]
    assert 7 in [row["id"] for row in rows["deleted_tickets"]]


def test_a_deleted_brand_is_emitted_and_has_no_children(zendesk: Emulator) -> None:
    (*_, brand) = (row["id"] for row in zendesk.store.all("brands"))
    zendesk.store.delete("brands", brand)
    streams = ["brands", "list_brand_agents_by_brand", "check_brand_host_mapping"]
    result = sync(zendesk.config(), streams)
    assert brand in [row["id"] for row in result.records["brands"] if row["is_deleted"]]
    assert not [request.path for request in zendesk.requests if str(brand) in request.path]
    assert not result.warnings


def test_agents_on_all_pages_of_the_dashboard_are_emitted_once() -> None:
    with Emulator(seed=1, rows=300, tickets=10) as zendesk:
        agents = [row["agent_id"] for row in zendesk.store.all("agents_activity")]
        rows = sync(zendesk.config(), ["dashboard_agent_activity"]).records["dashboard_agent_activity"]
        pages = len(zendesk.requests_to("/api/v2/channels/voice/dashboard/agent_level_activity"))
    assert [row["agent_id"] for row in rows] == agents
    assert pages == -(-len(agents) // 25) > 1


def test_users_of_all_brands_are_listed_and_counted(zendesk: Emulator) -> None:
    (*_, user) = (row for row in zendesk.store.all("users") if row["role"] == "end-user" and row["active"])
    zendesk.account.users_of_separated_brands = {user["id"]}
    inputs = [
        {"stream": "search_users", "parameters": {"query": user["name"]}},
        {"stream": "autocomplete_users", "parameters": {"phone": user["phone"]}},
    ]
    streams = ["list_users", "count_users", "search_users", "autocomplete_users"]
    rows = sync(zendesk.config(inputs=inputs), streams).records
    for stream in ("list_users", "search_users", "autocomplete_users"):
        assert user["id"] in [row["id"] for row in rows[stream]]
    assert [row["value"] for row in rows["count_users"]] == [len(rows["list_users"])]


def test_users_of_one_brand_are_searched_on_request(zendesk: Emulator) -> None:
    inputs = [{"stream": "search_users", "parameters": {"query": "user", "brand_id": 0}}]
    sync(zendesk.config(inputs=inputs), ["search_users"])
    assert [request.query["brand_id"] for request in zendesk.requests_to("/api/v2/users/search")] == [["0"]]


def test_fields_are_shown_by_key(zendesk: Emulator) -> None:
    field = next(row for row in zendesk.store.all("ticket_fields") if row.get("key"))
    inputs = [{"stream": "show_many_ticket_fields", "parameters": {"keys": field["key"]}}]
    rows = sync(zendesk.config(inputs=inputs), ["show_many_ticket_fields"]).records["show_many_ticket_fields"]
    assert [(row["id"], row["creator_user_id"]) for row in rows] == [(field["id"], field["creator_user_id"])]


def test_featured_articles_of_each_locale_are_emitted(zendesk: Emulator) -> None:
    rows = sync(zendesk.config(), ["featured_articles", "help_center_locales"]).records
    requested = zendesk.requests_to("/hc/api/v2/articles/featured")
    assert len(requested) == len(rows["help_center_locales"])
    assert rows["featured_articles"]
    assert all(f"/hc/{row['locale']}/" in row["url"] for row in rows["featured_articles"])


def test_the_default_locale_of_each_help_center_is_marked(zendesk: Emulator) -> None:
    rows = sync(zendesk.config(), ["help_center_locales"]).records["help_center_locales"]
    defaults = [row["brand_id"] for row in rows if row["default"]]
    assert len(defaults) == len(set(defaults)) == len({row["brand_id"] for row in rows})


def test_photos_of_custom_object_records_are_in_their_list(zendesk: Emulator) -> None:
    photo = {"id": 5, "file_name": "car.png"}
    zendesk.store.update("custom_object_records", zendesk.store.all("custom_object_records")[0]["id"], photo=photo)
    zendesk.clock.advance(hours=1)
    streams = ["custom_object_records", "export_custom_object_records"]
    rows = sync(zendesk.config(), streams).records
    assert [row["photo"] for row in rows["custom_object_records"] if row["photo"]] == [photo]
    assert not any("photo" in row for row in rows["export_custom_object_records"])


def test_forms_of_the_service_catalog_are_listed(zendesk: Emulator) -> None:
    form = zendesk.store.all("ticket_forms")[0]["id"]
    zendesk.account.service_catalog_forms = {form}
    rows = sync(zendesk.config(), ["ticket_forms"]).records["ticket_forms"]
    assert form in [row["id"] for row in rows]


def test_clients_with_expired_tokens_are_summarized(zendesk: Emulator) -> None:
    stream = "global_oauth_clients_token_summary"
    rows = sync(zendesk.config(), [stream]).records[stream]
    assert len(rows) == len(zendesk.store.all("oauth_global_clients"))


def test_standard_fields_are_shown(zendesk: Emulator) -> None:
    result = sync(zendesk.config(), ["show_custom_object_field"])
    assert any(row["system"] for row in result.records["show_custom_object_field"])
    assert not result.warnings


def test_deleted_groups_of_users_are_listed(zendesk: Emulator) -> None:
    before = sync(zendesk.config(), ["list_user_groups"]).records["list_user_groups"]
    zendesk.store.delete("groups", before[0]["id"])
    after = sync(zendesk.config(), ["list_user_groups"]).records["list_user_groups"]
    assert sorted(row["id"] for row in after) == sorted(row["id"] for row in before)


@pytest.mark.parametrize("end", [{"meta": {"has_more": True}, "links": [{"next": NEXT}]}, {"links": [{"next": NEXT}]}])
def test_events_with_a_list_of_links_are_read_to_the_last_page(end: dict[str, object]) -> None:
    def respond(arrived: RecordedRequest) -> Reply:
        if arrived.path.endswith("/events"):
            is_last = "page[after]" in arrived.query
            event = {"id": "b" if is_last else "a", "created_at": "2026-01-01T00:00:00Z"}
            return Reply(200, {"events": [event], **({"meta": {"has_more": False}} if is_last else end)})
        return Reply(404)

    with RecordingServer(respond) as server:
        stream, parameters = "custom_object_record_events", {"custom_object_key": "car", "record_id": "1"}
        config = server.config(allow_writes=False) | {"inputs": [{"stream": stream, "parameters": parameters}]}
        rows = sync(config, [stream]).records[stream]
    assert [row["id"] for row in rows] == ["a", "b"]


def test_available_agents_are_read_to_the_last_page() -> None:
    def respond(arrived: RecordedRequest) -> Reply:
        is_last = "page[after]" in arrived.query
        meta = {"has_more": not is_last, "after_cursor": None if is_last else "x"}
        return Reply(200, {"agents": [{"id": 2 if is_last else 1}], "meta": meta})

    with RecordingServer(respond) as server:
        rows = sync(server.config(allow_writes=False), ["list_available_agents"]).records["list_available_agents"]
    assert [row["id"] for row in rows] == [1, 2]


def pages_of_records(count: int, *, sorts: bool) -> RecordingServer:
    """Serves records in pages of a hundred; without `sorts`, the server refuses `sort`."""

    def respond(arrived: RecordedRequest) -> Reply:
        if "sort" in arrived.query and not sorts:
            return Reply(400, {"error": "InvalidParameter", "description": "sort is unknown"})
        start = int(arrived.query.get("page[after]", 0))
        end = min(start + 100, count)
        rows = [{"id": str(number), "name": f"Record {number}"} for number in range(start, end)]
        meta = {"has_more": end < count, "after_cursor": str(end), "before_cursor": None}
        key = "assets" if arrived.path.endswith("assets/search") else "custom_object_records"
        return Reply(200, {key: rows, "meta": meta, "links": {}})

    return RecordingServer(respond)


def read_records(stream: str, count: int, *, sorts: bool) -> Result:
    with pages_of_records(count, sorts=sorts) as server:
        config = server.config(allow_writes=False)
        config["inputs"] = [{"stream": stream, "parameters": PARAMETERS[stream]}]
        return sync(config, [stream])


@pytest.mark.parametrize(
    ("stream", "count", "sorts"),
    [
        ("search_custom_object_records", 10_000, False),
        ("autocomplete_custom_object_records", 10_000, True),
        ("filtered_search_custom_object_records", 10_000, False),
        ("search_itam_assets", 10_000, False),
    ],
)
def test_unsorted_records_that_end_at_the_ceiling_are_an_error(stream: str, count: int, sorts: bool) -> None:  # noqa: FBT001
    result = read_records(stream, count, sorts=sorts)
    assert "10000" in result.stream_errors[stream]
    assert len(result.records[stream]) == count


@pytest.mark.parametrize(
    ("stream", "count", "sorts"),
    [
        ("search_custom_object_records", 10_000, True),
        ("search_custom_object_records", 9_900, False),
        ("filtered_search_custom_object_records", 10_100, True),
        ("search_itam_assets", 10_100, True),
    ],
)
def test_sorted_records_are_read_beyond_the_ceiling(stream: str, count: int, sorts: bool) -> None:  # noqa: FBT001
    result = read_records(stream, count, sorts=sorts)
    assert not result.errors
    assert len(result.records[stream]) == count
