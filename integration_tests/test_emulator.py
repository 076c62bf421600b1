"""The emulator serves every endpoint completely, and refuses unknown requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from requests import Session

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.emulator.__main__ import main
from integration_tests.emulator.api.registry import HANDLERS
from integration_tests.emulator.api.routes import Endpoint, endpoints
from integration_tests.emulator.data.shapes import fits, shapes
from integration_tests.emulator.examples import example, key_of
from integration_tests.emulator.reads.lists import PARENTS
from integration_tests.emulator_auth import EmulatorAuth
from integration_tests.samples import group_of_served, sample

Json = dict[str, Any]
UNSHAPED = (
    *("export_routing", "export_records", "featured_articles", "view_", "macro", "definitions", "chat_bans"),
    "chat_search",
)
"""Handlers whose responses are not rows of their collection."""
BUILDS = {"app_job", "installation_job", "theme_job"}
GETS = [e for e in endpoints() if e.method == "GET" and e.serve not in BUILDS]
SAMPLE = sample(GETS, group_of_served)
LISTS = [(e, kind) for e in SAMPLE for kind in ("cursor", "offset") if e.pages(kind) and e.serve != "show_many"]


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


zendesk = account_fixture(scope="module")


@contextmanager
def signed_session(zendesk: Emulator) -> Iterator[Session]:
    """A session with the credentials of the account and of its products."""
    with Session() as session:
        session.auth = EmulatorAuth(zendesk)
        yield session


@pytest.fixture(scope="module")
def session(zendesk: Emulator) -> Iterator[Session]:
    with signed_session(zendesk) as made:
        yield made


def crawl(session: Session, url: str, key: str) -> tuple[list[Any], int]:
    """All rows of a list, and the number of its pages."""
    rows, pages = [], 0
    following: str | None = url
    while following:
        body = session.get(following).json()
        rows += body[key]
        pages += 1
        following = body["next_page"] if "meta" not in body else _next(body, url)
        assert "meta" not in body or body["meta"]["has_more"] == bool(following)
    return rows, pages


def _next(body: Json, url: str) -> str | None:
    """The URL of the next page; from the cursor if the rows are in `links`."""
    if isinstance(body["links"], dict):
        following: str | None = body["links"]["next"]
        return following
    return f"{url}&{urlencode({'page[after]': body['meta']['after_cursor']})}" if body["meta"]["has_more"] else None


def without_envelope(row: Any) -> Any:
    """The row of an item of Sell, which is in `data`."""
    return row["data"] if isinstance(row, dict) and row.keys() == {"data", "meta"} else row


def rows_of(endpoint: Endpoint, body: Any) -> list[Any]:
    """The rows of a response: under their key, as a bare list, or in the two lists of Chat's bans."""
    if isinstance(body, list):
        return body
    if endpoint.serve == "chat_bans":
        return [row for kind in ("visitor", "ip_address") for row in body[kind]]
    if not endpoint.key:
        return []
    rows = body[endpoint.key]
    return rows if isinstance(rows, list) else [rows]


def test_each_endpoint_has_a_handler() -> None:
    assert sum(not endpoint.extra and not endpoint.product for endpoint in endpoints()) >= 438
    assert {endpoint.serve for endpoint in endpoints()} == set(HANDLERS)
    assert len({name_of(endpoint) for endpoint in endpoints()}) == len(endpoints())


def test_a_port_in_use_is_named(zendesk: Emulator) -> None:
    port = zendesk.base_url.rpartition(":")[2]
    with pytest.raises(SystemExit, match=f"port {port} cannot be served"):
        main(["--port", port])


def test_every_shape_belongs_to_a_served_collection() -> None:
    served = {endpoint.of for endpoint in endpoints()} | {"settings", "attachments", "custom_object_tombstones"}
    served |= {"wfm_activity_types", "wfm_agents"}  # beside activities
    assert set(shapes()) <= served


@pytest.mark.parametrize("endpoint", SAMPLE, ids=name_of)
def test_every_get_returns_the_documented_shape(endpoint: Endpoint, zendesk: Emulator, session: Session) -> None:
    sent = example(zendesk.store, endpoint)
    response = session.get(zendesk.base_url + sent.path + ".json", params=sent.query)
    assert response.status_code == 200, response.text
    if endpoint.serve.startswith("download"):
        return
    shape = shapes().get(endpoint.of)
    for row in map(without_envelope, rows_of(endpoint, response.json())):
        if shape and "|" not in shape and not endpoint.serve.startswith(UNSHAPED):
            wrong = {name for name, kind in shape.items() if name in row and not fits(row[name], kind)}
            assert not wrong, row
            assert row.get("status") == "deleted" or set(endpoint.fields or shape) <= set(row)


@pytest.mark.parametrize(("endpoint", "kind"), LISTS, ids=lambda value: value if isinstance(value, str) else value.path)
def test_a_complete_crawl_yields_the_expected_rows(
    endpoint: Endpoint, kind: str, zendesk: Emulator, session: Session
) -> None:
    sent = example(zendesk.store, endpoint)
    size = {"page[size]": str(min(endpoint.largest, 100))} if kind == "cursor" else {}
    rows, pages = crawl(session, zendesk.base_url + sent.path + "?" + urlencode(sent.query | size), endpoint.key)
    expected = zendesk.expected("GET", sent.path + "?" + urlencode(sent.query))
    assert rows == expected
    assert pages == max(-(-len(rows) // min(endpoint.largest, 100)), 1) or endpoint.of == "ticket_fields"


SHOWN = [e for e in GETS if e.serve == "show" and not e.parent]
BY_ID = {e.of: e for e in SHOWN}
SAME = [
    (e, BY_ID[e.of]) for e in SAMPLE if e.serve == "list" and not (e.where or e.parent or e.fields) and e.of in BY_ID
]


@pytest.mark.parametrize(("listed", "shown"), SAME, ids=lambda e: e.path)
def test_every_listed_row_can_be_shown(listed: Endpoint, shown: Endpoint, zendesk: Emulator, session: Session) -> None:
    for row in zendesk.expected("GET", listed.path)[:3]:
        path = shown.path.replace(f"{{{shown.id}}}", str(key_of(row, shown.of)))
        assert session.get(zendesk.base_url + path).json()[shown.key] == row


COUNTS = [e for e in GETS if e.serve == "count"]


@pytest.mark.parametrize("endpoint", COUNTS, ids=name_of)
def test_a_count_is_the_length_of_its_list(endpoint: Endpoint, zendesk: Emulator, session: Session) -> None:
    path = example(zendesk.store, endpoint).path
    count = session.get(zendesk.base_url + path).json()["count"]
    assert count["value"] == len(zendesk.expected("GET", path.removesuffix("/count")))


NESTED = [
    e
    for e in SAMPLE
    if any(name in {*PARENTS, *e.through} and name != e.id for name in e.placeholders)
    and e.serve != "relationship_sources"
]


@pytest.mark.parametrize("endpoint", NESTED, ids=name_of)
def test_children_of_an_unknown_parent_are_not_found(endpoint: Endpoint, zendesk: Emulator, session: Session) -> None:
    path = endpoint.path
    for name in endpoint.placeholders:
        path = path.replace(f"{{{name}}}", "999999")
    response = session.get(zendesk.base_url + path, params=example(zendesk.store, endpoint).query)
    assert response.status_code == 404
    assert response.json() == {"error": "RecordNotFound", "description": "Not found"}


@pytest.mark.parametrize("endpoint", SAMPLE, ids=name_of)
def test_an_unknown_parameter_is_refused(endpoint: Endpoint, zendesk: Emulator, session: Session) -> None:
    sent = example(zendesk.store, endpoint)
    response = session.get(zendesk.base_url + sent.path, params=sent.query | {"colour": "red"})
    assert response.status_code == 400
    assert "colour" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("endpoint", [e for e in GETS if e.required], ids=name_of)
def test_a_missing_required_parameter_is_refused(endpoint: Endpoint, zendesk: Emulator, session: Session) -> None:
    assert session.get(zendesk.base_url + example(zendesk.store, endpoint).path).status_code == 400


def test_an_unknown_path_names_the_nearest_one(zendesk: Emulator, session: Session) -> None:
    response = session.get(zendesk.base_url + "/api/v2/tickts")
    assert response.status_code == 404
    assert response.json() == {"error": "InvalidEndpoint", "description": "Not found", "nearest": "GET /api/v2/tickets"}


def test_an_unknown_method_is_not_found(zendesk: Emulator, session: Session) -> None:
    assert session.delete(zendesk.base_url + "/api/v2/activities").status_code == 404


@pytest.mark.parametrize("query", [{"page[size]": "0"}, {"page[size]": "101"}, {"page[size]": "x"}, {"page": "0"}])
def test_a_malformed_page_is_refused(query: Json, zendesk: Emulator, session: Session) -> None:
    assert session.get(zendesk.base_url + "/api/v2/users", params=query).status_code == 400


def test_page_101_is_refused(zendesk: Emulator, session: Session) -> None:
    response = session.get(zendesk.base_url + "/api/v2/users", params={"page": "101"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "InvalidPaginationDepth"


def test_a_list_without_page_size_uses_offset_paging(zendesk: Emulator, session: Session) -> None:
    body = session.get(zendesk.base_url + "/api/v2/groups").json()
    assert set(body) == {"groups", "count", "next_page", "previous_page"}
    assert body["next_page"].startswith(zendesk.base_url)


def test_pages_can_be_walked_backwards(zendesk: Emulator, session: Session) -> None:
    first = session.get(zendesk.base_url + "/api/v2/groups", params={"page[size]": "10"}).json()
    second = session.get(first["links"]["next"]).json()
    assert session.get(second["links"]["prev"]).json()["groups"] == first["groups"]


def test_a_row_deleted_between_two_pages_hides_no_other() -> None:
    with Emulator(rows=30) as zendesk, signed_session(zendesk) as session:
        first = session.get(zendesk.base_url + "/api/v2/macros", params={"page[size]": "10"}).json()
        zendesk.store.delete("macros", first["macros"][9]["id"])
        rest, _ = crawl(session, first["links"]["next"], "macros")
        assert len(rest) == 20


def test_the_seed_determines_the_rows() -> None:
    names = ("users", "tickets", "trigger_revisions", "custom_object_records")
    one, same, other = (Emulator(seed=seed, rows=20, tickets=20) for seed in (1, 1, 2))
    for name in names:
        assert one.store.all(name) == same.store.all(name)
        assert one.store.all(name) != other.store.all(name)


def test_some_memberships_have_no_update_time(zendesk: Emulator) -> None:
    assert any(row["updated_at"] is None for row in zendesk.store.all("group_memberships"))


def test_a_search_ends_at_a_thousand_results() -> None:
    with Emulator(rows=300, tickets=600) as zendesk, signed_session(zendesk) as session:
        rows, _ = crawl(session, zendesk.base_url + "/api/v2/search?query=created%3E2000-01-01", "results")
        assert len(rows) == 1000
        beyond = session.get(zendesk.base_url + "/api/v2/search", params={"query": "*", "page": "11"})
        assert beyond.status_code == 422


@pytest.mark.parametrize(
    ("path", "query", "kept"),
    [
        ("/api/v2/users", {"role[]": "agent"}, lambda row: row["role"] == "agent"),
        ("/api/v2/triggers", {"active": "true"}, lambda row: row["active"]),
        ("/api/v2/satisfaction_ratings", {"score": "good"}, lambda row: row["score"] == "good"),
        ("/api/v2/activities", {"since": "2024-06-01T00:00:00Z"}, lambda row: row["created_at"] >= "2024-06"),
        ("/api/v2/satisfaction_ratings", {"start_time": "1717200000"}, lambda row: row["created_at"] >= "2024-06"),
        ("/api/v2/audit_logs", {"filter[created_at][]": "2024-06-01"}, lambda row: row["created_at"] >= "2024-06"),
        ("/api/v2/search", {"query": "type:user updated>2024-06-01"}, lambda row: row["updated_at"] >= "2024-06"),
    ],
)
def test_filters_select_rows(path: str, query: Json, kept: Any, zendesk: Emulator, session: Session) -> None:
    url = zendesk.base_url + path
    key = "results" if path.endswith("search") else path.rsplit("/", 1)[1]
    rows, _ = crawl(session, url + "?" + urlencode(query), key)
    everything, _ = crawl(session, url + ("?query=type%3Auser" if key == "results" else ""), key)
    assert 0 < len(rows) < len(everything)
    assert rows == [row for row in everything if kept(row)]


@pytest.mark.parametrize(("sort", "backwards"), [("updated_at", 0), ("-updated_at", 1)])
def test_tickets_are_sorted_as_requested(sort: str, backwards: int, zendesk: Emulator, session: Session) -> None:
    rows, _ = crawl(session, f"{zendesk.base_url}/api/v2/tickets?page[size]=100&sort={sort}", "tickets")
    times = [row["updated_at"] for row in rows]
    assert times == sorted(times, reverse=bool(backwards))


def test_a_sort_unsupported_by_cursors_is_refused(zendesk: Emulator, session: Session) -> None:
    response = session.get(f"{zendesk.base_url}/api/v2/tickets?page[size]=100&sort=subject")
    assert response.json()["errors"][0]["code"] == "InvalidPaginationParameter"


def test_bare_strings_are_served_unchanged(zendesk: Emulator, session: Session) -> None:
    for path in ("/api/v2/macros/categories", "/api/v2/autocomplete/tags?name=vi"):
        (rows,) = (value for value in session.get(zendesk.base_url + path).json().values() if isinstance(value, list))
        assert rows
        assert all(isinstance(row, str) for row in rows)
