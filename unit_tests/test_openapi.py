"""The comparison of the manifest with an OpenAPI file finds each kind of difference, and none in an equal file."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from source_zendesk.manifest import Manifest
from tools import openapi
from tools.openapi import Decision, find_news, render_report
from tools.openapi_differences import KINDS, Difference, find_differences
from tools.openapi_file import OpenApiError, OpenApiFile

Document = dict[str, Any]
Change = Callable[[Document], Any]

STREAMS = yaml.safe_load("""
- {name: deleted_tickets, get: /api/v2/deleted_tickets, family: cursor_list, schema: deleted_ticket,
  query: {support_type_scope: all}}
- {name: resource_collections, get: /api/v2/resource_collections, family: single_page, schema: resource_collection}
- {name: show_resource_collection, get: "/api/v2/resource_collections/{resource_collection_id}", family: child_object,
  schema: resource_collection, parents: resource_collections}
- {name: export_view, get: "/api/v2/views/{view_id}/export.json", family: input_object, schema: export_request,
  record_key: export, optional_params: ["ids|names"]}
- {name: delete_target, delete: "/api/v2/targets/{target_id}", family: action_delete}
- {name: create_view, post: /api/v2/views, family: action_object, schema: view}
- {name: merge_views, put: /api/v2/views/merge, family: action_job, required_body: {"view|views": any}}
- {name: sort_views, put: /api/v2/views/sort, family: action_nothing}
- {name: reorder_views, put: /api/v2/views/reorder, family: action_nothing, required_body: {ids: any}}
""")
EQUAL = """
openapi: 3.0.3
info: {title: Small API}
paths:
  /api/v2/deleted_tickets.json:
    parameters: [{$ref: "#/components/parameters/Page"}, {name: per_page, in: query}]
    get:
      operationId: ListDeleted
      parameters: [{name: support_type_scope, in: query}, {name: lang, in: header}]
      responses:
        200: {$ref: "#/components/responses/DeletedTickets"}
  /api/v2/resource_collections:
    get:
      operationId: ListCollections
      responses:
        "200":
          content:
            application/json:
              schema:
                allOf:
                  - {type: object, properties: {count: {type: integer}}}
                  - type: object
                    properties:
                      resource_collections: {type: array, items: {$ref: "#/components/schemas/Collection"}}
  /api/v2/resource_collections/{id}:
    get:
      operationId: ShowCollection
      responses:
        "200":
          content:
            application/json:
              schema: {properties: {resource_collection: {$ref: "#/components/schemas/Collection"}}}
  /api/v2/views:
    post:
      operationId: CreateView
      requestBody: {$ref: "#/components/requestBodies/View"}
      responses: {"201": {content: {application/json: {schema: {properties: {view: {type: object}}}}}}}
  /api/v2/views/merge:
    put:
      operationId: MergeViews
      requestBody:
        content:
          application/json:
            schema:
              anyOf: [{required: [view], properties: {view: {}}}, {required: [views], properties: {views: {}}}]
      responses: {}
  /api/v2/views/sort:
    put: {operationId: SortViews, responses: {}}
  /api/v2/views/reorder:
    put: {operationId: ReorderViews, responses: {}}
  /api/v2/views/{id}/export:
    get:
      operationId: ExportView
      parameters: [{name: "ids[]", in: query}]
      responses:
        "201":
          content:
            application/json:
              schema: {type: object, properties: {export: {$ref: "#/components/schemas/Export"}}}
  /api/v2/targets/{id}:
    delete:
      operationId: DeleteTarget
      responses:
        "200": {content: {application/json: {schema: {type: string}}}}
components:
  requestBodies:
    View:
      content:
        application/json:
          schema: {allOf: [{required: [view], properties: {view: {type: object}, notify: {type: boolean}}}]}
  parameters:
    Page: {name: page, in: query}
  responses:
    DeletedTickets:
      content:
        application/json:
          schema:
            type: object
            properties:
              deleted_tickets: {type: array, items: {$ref: "#/components/schemas/DeletedTicket"}}
  schemas:
    DeletedTicket:
      type: object
      properties:
        id: {type: integer, nullable: true}
        subject: {type: string}
        actor: {anyOf: [{properties: {id: {type: integer}}}, {properties: {name: {type: string}}}]}
        reason: {type: string, description: Write only. Why the ticket goes}
        secret: {type: string, writeOnly: true}
    Collection:
      type: object
      allOf: [{$ref: "#/components/schemas/Collection"}]
      properties:
        id: {type: [integer, "null"]}
        resources: {type: array, items: {type: object, properties: {type: {type: string}}}}
    Export:
      type: object
      properties: {status: {type: string}, view_id: {oneOf: [{type: integer}, {type: array, items: {}}]}}
"""


def manifest() -> Manifest:
    content = Manifest.load().content
    distant = {"streams": [{"name": "distant", "get": "/api/v2/distant", "family": "count", "counts": "distant"}]}
    return Manifest({**content, "streams": STREAMS}, {"distant": distant})


def compare(path: Path, *changes: Change) -> list[Difference]:
    document = yaml.safe_load(EQUAL)
    for change in changes:
        change(document)
    path.write_text(yaml.safe_dump(document))
    return find_differences(manifest(), OpenApiFile(path))


def put(where: str, value: Any) -> Change:
    """Set the value at a path of keys, separated by spaces."""

    def change(document: Document) -> None:
        *keys, last = where.split(" ")
        node: Any = document
        for key in keys:
            node = node[int(key)] if isinstance(node, list) else node[int(key) if key == "200" else key]
        node[last] = value

    return change


TICKET = "components schemas DeletedTicket properties"
COLLECTION = "components schemas Collection properties"
VIEW = "components requestBodies View content application/json schema allOf 0"
BODY: Document = {"content": {"application/json": {"schema": {"properties": {"ids": {"type": "array"}}}}}}
OPERATION: Document = {"operationId": "Op", "responses": {}}
CASES: dict[str, tuple[Change, Difference]] = {
    "a new GET": (
        put("paths /api/v2/news", {"get": OPERATION}),
        Difference("new reading operations", "GET /api/v2/news", "Op"),
    ),
    "a new PATCH": (
        put("paths /api/v2/targets/{id} patch", OPERATION),
        Difference("new writing operations", "PATCH /api/v2/targets/{id}", "Op"),
    ),
    "a removed operation": (
        lambda document: document["paths"].pop("/api/v2/targets/{id}"),
        Difference("entries without an operation", "delete_target", "DELETE /api/v2/targets/{target_id}"),
    ),
    "a new parameter": (
        put("paths /api/v2/deleted_tickets.json get parameters", [{"name": "sort", "in": "query"}]),
        Difference("missing parameters", "deleted_tickets.sort", "ListDeleted"),
    ),
    "paging of a list that is read without it": (
        put("paths /api/v2/resource_collections get parameters", [{"name": "page[size]", "in": "query"}]),
        Difference("missing parameters", "resource_collections.page[size]", "ListCollections"),
    ),
    "a new key that a body needs": (
        put(f"{VIEW} required", ["notify", "view"]),
        Difference("other bodies", "create_view.notify", "not in required_body"),
    ),
    "another outer key": (
        put(f"{VIEW} properties", {"saved_view": {"type": "object"}, "notify": {"type": "boolean"}}),
        Difference("other bodies", "create_view.view", "not in the file"),
    ),
    "a body with one key that is not checked": (
        put("paths /api/v2/views/sort put requestBody", BODY),
        Difference("other bodies", "sort_views.ids", "not in required_body"),
    ),
    "a body that is required": (
        put("paths /api/v2/views/sort put requestBody", {"required": True}),
        Difference("other bodies", "sort_views", "the file requires a body"),
    ),
    "a list that is accepted as any value": (
        put("paths /api/v2/views/reorder put requestBody", BODY),
        Difference("other bodies", "reorder_views.ids", "documented as a list"),
    ),
    "records under another key": (
        put("components responses DeletedTickets content application/json schema properties", {"tickets": {}}),
        Difference("missing record keys", "deleted_tickets.deleted_tickets", "ListDeleted"),
    ),
    "a new field": (
        put(f"{TICKET} locale", {"type": "string"}),
        Difference("missing fields", "deleted_ticket.locale", "string; deleted_tickets"),
    ),
    "a new field in an object": (
        put(f"{TICKET} actor anyOf 0 properties role", {"type": "integer"}),
        Difference("missing fields", "deleted_ticket.actor.role", "integer; deleted_tickets"),
    ),
    "a new field in a list of two streams": (
        put(f"{COLLECTION} resources items properties size", {"oneOf": [{"type": "integer"}, {"type": "string"}]}),
        Difference(
            "missing fields",
            "resource_collection.resources.size",
            "integer or string; resource_collections, show_resource_collection",
        ),
    ),
    "another type": (
        put(f"{TICKET} id", {"type": "string"}),
        Difference("changed types", "deleted_ticket.id", "documented string, declared integer; deleted_tickets"),
    ),
    "an object instead of text": (
        put(f"{TICKET} subject", {"properties": {"text": {"type": "string"}}}),
        Difference("changed types", "deleted_ticket.subject", "documented object, declared string; deleted_tickets"),
    ),
}


def test_an_equal_file_has_no_differences(tmp_path: Path) -> None:
    assert compare(tmp_path / "openapi.yaml") == []


@pytest.mark.parametrize("case", CASES)
def test_each_kind_of_difference_is_found(case: str, tmp_path: Path) -> None:
    change, difference = CASES[case]
    assert compare(tmp_path / "openapi.yaml", change) == [difference]


def test_a_schema_that_contains_itself_is_compared_to_the_declared_depth(tmp_path: Path) -> None:
    change = put(f"{TICKET} actor", {"$ref": "#/components/schemas/DeletedTicket"})
    subjects = [each.subject for each in compare(tmp_path / "openapi.yaml", change)]
    assert subjects == ["deleted_ticket.actor.actor", "deleted_ticket.actor.subject"]


def test_paths_without_the_prefix_of_the_api_are_equal(tmp_path: Path) -> None:
    def shorten(document: Document) -> None:
        document["paths"] = {path.removeprefix("/api/v2"): item for path, item in document["paths"].items()}

    assert compare(tmp_path / "openapi.yaml", shorten) == []


NEWS = Difference("missing fields", "ticket.via.page[size]", "string; tickets")


@pytest.mark.parametrize("pattern", ["ticket.via.page[size]", "*.page[size]", "ticket.*", "*"])
def test_a_decision_covers_the_subjects_of_its_pattern(pattern: str) -> None:
    assert find_news([NEWS], [Decision("missing fields", pattern, "known")]) == []


@pytest.mark.parametrize(
    ("kind", "pattern"), [("missing fields", "ticket.via"), ("missing fields", "*.page"), ("changed types", "*")]
)
def test_a_decision_without_a_difference_is_reported(kind: str, pattern: str) -> None:
    stale = Difference("decisions that no longer apply", f"{kind}: {pattern}", "known")
    assert find_news([NEWS], [Decision(kind, pattern, "known")]) == [NEWS, stale]


def test_the_report_groups_the_news_by_kind() -> None:
    news = [NEWS, Difference("changed types", "ticket.id", "documented string, declared integer; tickets")]
    assert render_report("Small API", 5, news) == (
        "Small API, 5 operations: 2 new differences\n"
        "\nMissing fields (1)\n  ticket.via.page[size]  (string; tickets)\n"
        "\nChanged types (1)\n  ticket.id  (documented string, declared integer; tickets)\n"
    )


def test_the_decisions_have_known_kinds_and_reasons() -> None:
    for title in yaml.safe_load(openapi.DECISIONS.read_bytes()):
        for decision in openapi.load_decisions(title):
            assert decision.kind in KINDS, decision
            assert all([decision.reason, decision.pattern]), decision


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        ("paths: [", "is not YAML: "),
        ("- openapi", "is not OpenAPI 3: `openapi: 3.…` is missing"),
        ("swagger: '2.0'", "is not OpenAPI 3: `openapi: 3.…` is missing"),
        ("openapi: 3.0.0", "is not OpenAPI 3: `paths` or `info.title` is missing"),
    ],
)
def test_an_unreadable_file_is_an_error(
    text: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "openapi.yaml"
    if text is not None:
        path.write_text(text)
    assert openapi.main([str(path)]) == openapi.UNREADABLE
    assert re.match(re.escape(f"{path} {message}"), capsys.readouterr().err)


def test_a_missing_target_of_a_reference_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OpenApiError, match="the target of the reference #/components/schemas/Gone is missing"):
        compare(tmp_path / "openapi.yaml", put(f"{TICKET} actor", {"$ref": "#/components/schemas/Gone"}))


def test_the_exit_code_is_0_only_without_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, decisions = tmp_path / "openapi.yaml", tmp_path / "decisions.yaml"
    compare(path, put("paths /api/v2/news", {"get": OPERATION}))
    small = manifest()
    monkeypatch.setattr(Manifest, "load", lambda: small)
    decisions.write_text("{}")
    monkeypatch.setattr(openapi, "DECISIONS", decisions)
    assert openapi.main([str(path)]) == openapi.FAILED
    assert "GET /api/v2/news  (Op)" in capsys.readouterr().out
    decisions.write_text("Small API: {new reading operations: {later: [GET /api/v2/news]}}")
    assert openapi.main([str(path)]) == 0
    assert capsys.readouterr().out == "Small API, 10 operations: no new differences\n"


def test_without_files_the_usage_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert openapi.main([]) == openapi.UNREADABLE
    assert capsys.readouterr().err.startswith("usage: ")
