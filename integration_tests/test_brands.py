"""Each help center is read on its own host; only the account's hosts under zendesk.com receive credentials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from integration_tests.harness import Result, configured_catalog, console, discover, sync
from integration_tests.recording_server import RecordedRequest, RecordingServer, Reply

pytestmark = pytest.mark.usefixtures("no_wait_for_limits")

Row = dict[str, Any]

BRANDS: list[Row] = [
    {"id": 1, "subdomain": "acme", "has_help_center": True, "brand_url": "https://acme.zendesk.com"},
    {"id": 2, "subdomain": "acme-eu", "has_help_center": True, "brand_url": "https://help.acme.example"},
    {"id": 3, "subdomain": "acme-hr", "has_help_center": False},
    {"id": 4, "subdomain": "acme-old", "has_help_center": True, "is_deleted": True},
]
CATEGORIES = {"acme.zendesk.com": [11, 12], "acme-eu.zendesk.com": [21]}


def host(arrived: RecordedRequest) -> str:
    return {name.lower(): value for name, value in arrived.headers.items()}["host"]


def account(brands: list[Row], categories: Mapping[str, list[int]] = CATEGORIES) -> RecordingServer:
    """Serves brands on the account's host and categories on that of their brand; 404 without a help center."""

    def answer(arrived: RecordedRequest) -> Reply:
        if arrived.path == "/api/v2/brands":
            return Reply(body={"brands": brands, "meta": {"has_more": False}})
        found = categories.get(host(arrived))
        if found is None:
            return Reply(404, {"error": "InvalidEndpoint", "description": "Not found"})
        rows = [{"id": each, "updated_at": "2024-05-01T00:00:00Z", "name": "A"} for each in found]
        if arrived.path == "/api/v2/help_center/categories":
            return Reply(body={"categories": rows, "meta": {"has_more": False}})
        number = int(arrived.path.split("/")[5])
        sections = [{"id": number * 10, "category_id": number, "updated_at": "2024-05-01T00:00:00Z"}]
        return Reply(body={"sections": sections, "meta": {"has_more": False}})

    return RecordingServer(answer)


def read(recorder: RecordingServer, *streams: str, **options: Any) -> Result:
    return sync({**recorder.config(), "catalog": "complete"}, streams, **options)


def test_each_help_center_is_read_on_its_host_and_rows_contain_the_brand() -> None:
    with account(BRANDS) as recorder:
        rows = read(recorder, "categories").records["categories"]
    assert sorted((row["id"], row["brand_id"]) for row in rows) == [(11, 1), (12, 1), (21, 2)]
    assert sorted(host(arrived) for arrived in recorder.requests if "categories" in arrived.path) == [
        "acme-eu.zendesk.com",
        "acme.zendesk.com",
    ]


def test_children_are_requested_on_the_host_of_the_parent_brand() -> None:
    with account(BRANDS) as recorder:
        rows = read(recorder, "list_category_sections").records["list_category_sections"]
    assert sorted((row["id"], row["brand_id"]) for row in rows) == [(110, 1), (120, 1), (210, 2)]


def test_a_brand_without_help_center_is_skipped() -> None:
    with account(BRANDS, {"acme.zendesk.com": [11]}) as recorder:
        result = read(recorder, "categories")
    assert [row["id"] for row in result.records["categories"]] == [11]
    assert result.statuses["categories"][-1] == "COMPLETE"
    assert any("skipped 1 parent " in warning for warning in result.warnings)


def test_a_second_run_resumes_each_brand() -> None:
    with account(BRANDS) as recorder:
        first = read(recorder, "categories")
        recorder.requests.clear()
        again = read(recorder, "categories", state=first.state)
    state = first.state_of("categories")
    assert set(state["children"]) == {'{"brand_id": 1}', '{"brand_id": 2}'}
    # The newest rows are emitted again, since the state keeps a lag for late rows.
    assert {row["id"] for row in again.records["categories"]} == {11, 12, 21}


@pytest.mark.parametrize("subdomain", ["evil.example/", "evil.example", "a@b", "", None, "acme-eu.zendesk.com", "-x"])
def test_a_brand_with_a_foreign_host_receives_no_request(subdomain: Any) -> None:
    brands = [BRANDS[0], {**BRANDS[1], "subdomain": subdomain}]
    with account(brands) as recorder:
        result = read(recorder, "categories")
    assert {host(arrived) for arrived in recorder.requests if "categories" in arrived.path} <= {"acme.zendesk.com"}
    assert result.statuses["categories"][-1] == "INCOMPLETE"
    assert "Stream categories: brand 2 has the subdomain" in result.stream_errors["categories"]


def test_rows_of_a_brand_are_emitted_once_its_host_is_corrected() -> None:
    with account([BRANDS[0], {**BRANDS[1], "subdomain": "evil.example"}]) as recorder:
        refused = read(recorder, "categories")
    with account(BRANDS) as recorder:
        result = read(recorder, "categories", state=refused.state)
    assert {row["id"] for row in [*refused.records["categories"], *result.records["categories"]]} == {11, 12, 21}


def test_a_brand_at_a_loopback_address_is_read_there() -> None:
    with account([]) as brand, account(BRANDS) as recorder:
        brand.responder = lambda _: Reply(
            body={"categories": [{"id": 99, "updated_at": "2024-05-01T00:00:00Z"}], "meta": {"has_more": False}}
        )
        recorder.responder = lambda _: Reply(
            body={"brands": [{**BRANDS[1], "brand_url": brand.base_url}], "meta": {"has_more": False}}
        )
        rows = read(recorder, "categories").records["categories"]
    assert [(row["id"], row["brand_id"]) for row in rows] == [(99, 2)]
    assert {arrived.path for arrived in brand.requests} == {"/api/v2/help_center/categories"}


def test_a_redirect_to_another_brand_is_an_error_without_rows() -> None:
    with account([]) as other, account([]) as moved, account([]) as recorder:
        categories = {"categories": [{"id": 99, "updated_at": "2024-05-01T00:00:00Z"}], "meta": {"has_more": False}}
        other.responder = lambda _: Reply(body=categories)
        moved.responder = lambda arrived: Reply(302, {}, {"Location": f"{other.base_url}{arrived.target}"})
        brands = [{**BRANDS[0], "brand_url": moved.base_url}, {**BRANDS[1], "brand_url": other.base_url}]
        recorder.responder = lambda _: Reply(body={"brands": brands, "meta": {"has_more": False}})
        result = read(recorder, "categories")
    assert [row["brand_id"] for row in result.records["categories"]] == [2]
    assert len(other.requests) == 1
    assert result.statuses["categories"][-1] == "INCOMPLETE"
    assert "or the address of the brand" in result.stream_errors["categories"]


def read_input(recorder: RecordingServer, parameters: Row, **options: Any) -> Result:
    inputs = [{"stream": "search_articles", "parameters": {"query": "a", **parameters}}]
    return sync({**recorder.config(), "inputs": inputs}, ["search_articles"], **options)


def searchable(brands: list[Row], articles: Mapping[str, int]) -> RecordingServer:
    """Serves brands on the account's host, and an article and a user segment on hosts with `articles` ("": its own)."""

    def answer(arrived: RecordedRequest) -> Reply:
        if arrived.path == "/api/v2/brands":
            return Reply(body={"brands": brands, "meta": {"has_more": False}})
        found = articles.get("" if host(arrived).startswith("127.") else host(arrived))
        if found is None:
            return Reply(404, {"error": "InvalidEndpoint", "description": "Not found"})
        if arrived.path.endswith("/search"):
            return Reply(body={"results": [{"id": found}], "count": 1, "next_page": None})
        segments = [{"id": 5, "updated_at": "2024-05-01T00:00:00Z", "name": "Staff"}]
        return Reply(body={"user_segments": segments, "meta": {"has_more": False}})

    return RecordingServer(answer)


def hosts_of(recorder: RecordingServer, path: str) -> list[str]:
    return sorted(host(arrived).partition(":")[0] for arrived in recorder.requests if arrived.path.endswith(path))


ARTICLES = {"acme.zendesk.com": 11, "acme-eu.zendesk.com": 21, "": 11}


def test_an_input_is_requested_from_every_help_center() -> None:
    with searchable(BRANDS, ARTICLES) as recorder:
        result = read_input(recorder, {})
    rows = result.records["search_articles"]
    assert sorted((row["id"], row["brand_id"]) for row in rows) == [(11, 1), (21, 2)]
    assert hosts_of(recorder, "/search") == ["acme-eu.zendesk.com", "acme.zendesk.com"]
    assert (result.errors, result.warnings) == ([], [])


def test_a_later_run_requests_an_input_from_every_help_center_again() -> None:
    with searchable(BRANDS, ARTICLES) as recorder:
        first = read_input(recorder, {})
        recorder.requests.clear()
        again = read_input(recorder, {}, state=first.state)
    assert len(again.records["search_articles"]) == 2
    assert hosts_of(recorder, "/search") == ["acme-eu.zendesk.com", "acme.zendesk.com"]


def test_an_input_with_a_brand_is_requested_from_its_help_center() -> None:
    with searchable(BRANDS, ARTICLES) as recorder:
        rows = read_input(recorder, {"brand_id": 2}).records["search_articles"]
    assert [(row["id"], row["brand_id"]) for row in rows] == [(21, 2)]
    assert hosts_of(recorder, "/search") == ["acme-eu.zendesk.com"]
    assert not any("brand_id" in arrived.target for arrived in recorder.requests)


def test_an_input_for_several_brands_is_requested_once() -> None:
    with searchable(BRANDS, ARTICLES) as recorder:
        rows = read_input(recorder, {"multibrand": "true"}).records["search_articles"]
    assert [row["id"] for row in rows] == [11]
    assert ["multibrand=true" in arrived.target for arrived in recorder.requests if "search" in arrived.path] == [True]


def test_inputs_with_and_without_a_brand_are_combined() -> None:
    items = [{"query": "a"}, {"query": "b", "brand_id": 2}]
    inputs = [{"stream": "search_articles", "parameters": each} for each in items]
    with searchable(BRANDS, ARTICLES) as recorder:
        rows = sync({**recorder.config(), "inputs": inputs}, ["search_articles"]).records["search_articles"]
    assert sorted((row["id"], row["brand_id"]) for row in rows) == [(11, 1), (21, 2), (21, 2)]


def test_an_input_is_requested_from_the_configured_host_if_zendesk_refuses_the_brands() -> None:
    with searchable(BRANDS, ARTICLES) as recorder:
        serve = recorder.responder
        recorder.responder = lambda arrived: (
            Reply(403, {"error": "You do not have access"}) if arrived.path == "/api/v2/brands" else serve(arrived)
        )
        result = read_input(recorder, {})
    assert [row["id"] for row in result.records["search_articles"]] == [11]
    assert hosts_of(recorder, "/search") == ["127.0.0.1"]
    assert any("Cannot list the values for brand_id" in warning for warning in result.warnings)


def test_rows_of_the_account_come_from_the_configured_host() -> None:
    with searchable(BRANDS, ARTICLES) as recorder:
        rows = read(recorder, "user_segments").records["user_segments"]
    assert [(row["id"], "brand_id" in row) for row in rows] == [(5, False)]
    assert hosts_of(recorder, "/user_segments") == ["127.0.0.1"]


def test_rows_of_the_account_come_from_another_brand_if_the_configured_one_has_no_help_center() -> None:
    brands = [{**BRANDS[0], "has_help_center": False}, *BRANDS[1:]]
    with searchable(brands, {"acme-eu.zendesk.com": 21}) as recorder:
        result = read(recorder, "user_segments", "applicable_user_segments")
    assert [row["id"] for row in result.records["user_segments"]] == [5]
    assert [row["id"] for row in result.records["applicable_user_segments"]] == [5]
    assert hosts_of(recorder, "/user_segments") == ["acme-eu.zendesk.com"]
    assert result.warnings == []


@pytest.mark.parametrize("has_help_center", [True, False])
def test_files_of_the_account_come_from_the_host_of_their_rows(has_help_center: bool, tmp_path: Path) -> None:  # noqa: FBT001
    brands = [{**BRANDS[0], "has_help_center": has_help_center}, *BRANDS[1:]]
    media = {"id": "1", "url": "/guide-media/1", "name": "a.txt", "updated_at": "2024-05-01T00:00:00Z"}

    def answer(arrived: RecordedRequest) -> Reply:
        if arrived.path == "/api/v2/brands":
            return Reply(body={"brands": brands, "meta": {"has_more": False}})
        if arrived.path == "/api/v2/guide/medias":
            return Reply(body={"guide_medias": [media], "meta": {"has_more": False}})
        return Reply(body="content") if "Authorization" in arrived.headers else Reply(403)

    with RecordingServer(answer) as recorder:
        config = {**recorder.config(), "catalog": "complete"}
        catalog = configured_catalog(discover(config), ["guide_medias"])
        catalog["streams"][0]["include_files"] = True
        result = console("read", "--files", str(tmp_path), config=config, catalog=catalog)
        hosts = [hosts_of(recorder, path) for path in ("/guide/medias", "/guide-media/1")]
    assert result.errors == []
    assert (tmp_path / "guide_medias" / "1" / "a.txt").read_text() == "content"
    assert hosts == [["127.0.0.1" if has_help_center else "acme-eu.zendesk.com"]] * 2
