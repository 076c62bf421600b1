"""Streams of products that the plan lacks are skipped for each refusal status, and the others are read.

A product with credentials of its own is configured, so it fails: see `test_product_accounts.py`.
"""

from collections.abc import Iterator

import pytest

from integration_tests.compare import assert_same_rows
from integration_tests.emulator import Emulator
from integration_tests.harness import Result, sync
from integration_tests.samples import sample
from source_zendesk.manifest import Endpoint, Manifest

FURTHER = sample(
    (
        entry
        for entry in Manifest.load().endpoints.values()
        if entry.product != "support" and not entry.options.account and entry.kind in ("read", "sideload")
    ),
    lambda entry: (entry.product, entry.family),
)
PRODUCTS = sorted({entry.product for entry in FURTHER})


def streams_of(product: str) -> list[Endpoint]:
    return [entry for entry in FURTHER if entry.product == product]


@pytest.fixture(scope="module", params=[402, 403, 404])
def refused(request: pytest.FixtureRequest) -> Iterator[Result]:
    """One sync of every stream of all unlicensed products, and of one available stream."""
    with Emulator(seed=1, rows=3, tickets=4, refused_products=dict.fromkeys(PRODUCTS, request.param)) as zendesk:
        result = sync(zendesk.config(), ["tags", *(entry.name for entry in FURTHER)])
        assert_same_rows(result.records["tags"], zendesk.expected("GET", "/api/v2/tags"))
        yield result


def test_a_sync_with_unavailable_products_succeeds(refused: Result) -> None:
    assert (refused.exit_code, refused.errors) == (0, [])


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_stream_of_a_product_is_complete_and_without_rows(product: str, refused: Result) -> None:
    names = [entry.name for entry in streams_of(product)]
    assert {name: refused.statuses[name][-1] for name in names} == dict.fromkeys(names, "COMPLETE")
    assert [name for name in names if refused.records[name]] == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_stream_of_a_product_is_named_by_a_warning(product: str, refused: Result) -> None:
    warned = {warning.split()[1].rstrip(":") for warning in refused.warnings if warning.startswith("Stream ")}
    assert {entry.name for entry in streams_of(product)} - warned == set()
