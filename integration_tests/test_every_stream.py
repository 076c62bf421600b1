"""Every readable stream emits exactly the account's rows, valid against its schema."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from integration_tests.compare import assert_same_rows, schema_violations
from integration_tests.emulator import Emulator
from integration_tests.emulator.emulator import STORAGE, find_endpoint
from integration_tests.expected_rows import ExpectedRows
from integration_tests.harness import Result, configured_catalog, discover, run
from integration_tests.samples import group_of, sample
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.request_card import query_params

LONG, PAGE = 230, 100
EMPTY = {"show_sell_installation_job_status"}
"""Streams without rows, since the account has no pending installation."""
REFUSED_PARENTS = {"list_user_identities", "side_conversations"}
"""Children of permanently deleted users, and of tickets without access to their side conversations."""
USER_SEGMENTS = "/api/v2/help_center/user_segments/"
"""User segments belong to the account; in the emulator, each brand has segments of its own."""
LONGER_PAGES = {"ticket_metric_events", "ticket_audits", "trigger_revisions", "access_logs", "jira_links"}

READABLE = sample(
    (entry for entry in Manifest.load().endpoints.values() if entry.kind in ("read", "sideload")), group_of
)


def is_long(entry: Endpoint) -> bool:
    """Whether a stream is read from the account with long lists; substreams use a small account to save requests."""
    asked_singly = any(parent.stream and not parent.batch for parent in entry.parents)
    return not asked_singly or entry.family == "child_cursor_list" or entry.name == "trigger_revisions"


class Account:
    """An account, one sync of its streams, and the expected rows."""

    def __init__(self, zendesk: Emulator, entries: list[Endpoint]) -> None:
        zendesk.clock.freeze()
        zendesk.account.ai_agent_tickets = {3, 7}
        config = zendesk.config(export_page_size=PAGE)
        catalog = configured_catalog(discover(config), [entry.name for entry in entries])
        self.zendesk = zendesk
        self.served = ExpectedRows(zendesk)
        self.result: Result = run("read", config=config, catalog=catalog)
        self.paths = Counter(request.path for request in zendesk.requests)
        self.params: dict[str, list[set[str]]] = defaultdict(list)
        for request in zendesk.requests:
            if request.path.startswith(STORAGE):
                continue
            endpoint, _ = find_endpoint(request.method, request.path)
            body = json.loads(request.body) if request.body else {}
            self.params[endpoint.path].append({*request.query, *body})


@pytest.fixture(scope="module")
def long_lists() -> Iterator[Account]:
    """An account with 230 rows per list, for paged streams."""
    with Emulator(seed=1, rows=LONG, tickets=LONG) as zendesk:
        yield Account(zendesk, [entry for entry in READABLE if is_long(entry)])


@pytest.fixture(scope="module")
def many_parents() -> Iterator[Account]:
    """A small account, for streams with one request per parent."""
    with Emulator(seed=1, rows=12, tickets=25) as zendesk:
        yield Account(zendesk, [entry for entry in READABLE if not is_long(entry)])


@pytest.fixture
def account(entry: Endpoint, request: pytest.FixtureRequest) -> Account:
    """The account from which a stream is read."""
    found: Account = request.getfixturevalue("long_lists" if is_long(entry) else "many_parents")
    return found


every_stream = pytest.mark.parametrize("entry", READABLE, ids=lambda entry: entry.name)


@every_stream
def test_every_expected_row_is_emitted(entry: Endpoint, account: Account) -> None:
    expected = account.served.rows(entry)
    added = {entry.options.read_at_field, *(["included"] if entry.kind == "read" else [])}
    added |= {"translations"} if entry.name in ("categories", "sections") else set()
    records = [{k: v for k, v in row.items() if k not in added} for row in account.result.records[entry.name]]
    assert_same_rows(records, [{k: v for k, v in row.items() if k not in added} for row in expected])
    assert expected or entry.name in EMPTY


@every_stream
def test_completes_without_error_or_warning(entry: Endpoint, account: Account) -> None:
    assert account.result.stream_errors.get(entry.name) is None
    assert account.result.statuses[entry.name][-1] == "COMPLETE"
    warnings = [line for line in account.result.warnings if line.startswith(f"Stream {entry.name}:")]
    assert [line for line in warnings if not (entry.name in REFUSED_PARENTS and ": skipped " in line)] == []


@every_stream
def test_records_are_valid(entry: Endpoint, account: Account) -> None:
    assert schema_violations(entry, account.result.records[entry.name]) == []


@pytest.mark.parametrize("entry", [entry for entry in READABLE if entry.primary_key], ids=lambda entry: entry.name)
def test_keys_are_complete_and_unique(entry: Endpoint, account: Account) -> None:
    keys = Counter(tuple(row.get(field) for field in entry.primary_key) for row in account.result.records[entry.name])
    assert [key for key in keys if None in key] == []
    assert [key for key, count in keys.items() if count > 1] == []


def test_long_lists_are_paged(long_lists: Account) -> None:
    lists = {entry.name: long_lists.served.longest_list(entry) for entry in READABLE if is_long(entry) and pages(entry)}
    fewest = {name: (path, -(-rows // PAGE)) for name, (path, rows) in lists.items() if rows > PAGE}
    assert len(fewest) > 30
    requests = {name: long_lists.paths[path.removesuffix(".json")] for name, (path, _) in fewest.items()}
    assert [name for name, (_, count) in fewest.items() if requests[name] < count] == []


@every_stream
def test_the_request_card_contains_the_query_of_a_request(entry: Endpoint, account: Account) -> None:
    params = [param.partition("=")[0] for param in query_params(entry, Manifest.load()) if not param.startswith("[")]
    endpoint, _ = find_endpoint(entry.method, entry.path.removesuffix(".json"))
    sent = [names - {"include"} for names in account.params[endpoint.path]]
    assert set(params) - {"include"} in sent or (entry.name in EMPTY and not sent)


def test_no_missing_object_is_requested(many_parents: Account) -> None:
    """A parent's condition in the manifest excludes the records for which Zendesk responds 404."""
    missing = [request.path for request in many_parents.zendesk.requests if request.status == 404]
    assert [path for path in missing if not path.startswith(USER_SEGMENTS)] == []


def pages(entry: Endpoint) -> bool:
    """Whether Zendesk returns this list in pages of a hundred."""
    if entry.method != "GET" or entry.name in LONGER_PAGES:
        return False
    endpoint, _ = find_endpoint("GET", entry.path.removesuffix(".json"))
    return bool(endpoint.paging) or endpoint.serve in ("export_cursor", "export_time", "export_routing")
