"""`docs/actions.md` has the documented writes of each product, and the reason for each that has no action."""

import re

import pytest

from source_zendesk.manifest import Manifest
from tools import actions_page, openapi
from tools.openapi_differences import NEW_WRITES, Difference
from tools.openapi_file import operation_key
from tools.permissions_page import product_title

MANIFEST = Manifest.load()
TABLE = actions_page.render_table(MANIFEST)
ACTIONS = [each for each in MANIFEST.endpoints.values() if each.kind == "action"]
KNOWN = {operation_key(each.method, each.path) for each in ACTIONS}
LEFT_OUT = [
    (product, reason, request)
    for product, reasons in actions_page.load_left_out().items()
    for reason, requests in reasons.items()
    for request in requests
]


def test_the_page_has_the_current_table() -> None:
    assert actions_page.PAGE.read_text() == actions_page.render_page(MANIFEST)


def test_the_table_has_every_product_and_its_actions() -> None:
    rows = re.findall(r"^\| ([^|*]+) \| (\d+) \| (\d+) \|", TABLE, re.MULTILINE)
    counts = {product: int(actions) for product, _, actions in rows}
    titles = [product_title(each) for each in ACTIONS]
    assert counts == {title: titles.count(title) for title in titles}
    assert sum(int(documented) for _, documented, _ in rows) == len(ACTIONS) + len(LEFT_OUT)


@pytest.mark.parametrize(("product", "reason", "request_line"), LEFT_OUT)
def test_a_write_in_the_list_of_those_without_an_action_has_none(product: str, reason: str, request_line: str) -> None:
    method, _, path = request_line.partition(" ")
    assert operation_key(method, path) not in KNOWN
    assert product in {product_title(each) for each in ACTIONS}
    assert f"{request_line}`" in TABLE or f"requests: {reason}" in TABLE


@pytest.mark.parametrize("title", ["Support API", "Help Center API", "Talk API"])
def test_the_page_explains_every_write_without_an_action_in_an_openapi_file(title: str) -> None:
    requests = [Difference(NEW_WRITES, request, "") for _, _, request in LEFT_OUT]
    for decision in openapi.load_decisions(title):
        if decision.kind == NEW_WRITES:
            assert any(decision.covers(each) for each in requests), decision.pattern
