"""`docs/permissions.md` has the streams that each role can read."""

import re
from itertools import pairwise

import pytest

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.catalog_policy import recommended_endpoints
from source_zendesk.manifest.roles import ROLES, least_role
from tools import permissions_page

ENDPOINTS = Manifest.load().endpoints
WITH_SUPPORT_CREDENTIALS = [each for each in ENDPOINTS.values() if not each.options.account]
PAGE = permissions_page.render_page(Manifest.load())
RESTRICTED = PAGE.partition("\n## What an agent cannot read\n")[2].partition("\n## ")[0]
RECOMMENDED = recommended_endpoints(ENDPOINTS)


def numbers_of(role: str) -> list[int]:
    (cells,) = re.findall(rf"^\| {role} \| ((?:\d+[ |]+)+)$", PAGE, re.MULTILINE)
    return [int(number) for number in re.findall(r"\d+", cells)]


def test_an_administrator_can_read_every_stream_and_send_every_action() -> None:
    kinds = [each.kind for each in WITH_SUPPORT_CREDENTIALS]
    readable = kinds.count("read") + kinds.count("sideload")
    assert numbers_of("administrator") == [len(RECOMMENDED), readable, kinds.count("input"), kinds.count("action")]


def test_a_role_adds_the_streams_that_the_page_lists_for_it() -> None:
    listed = {role: re.findall(rf"^\| {role} \| [^|]+ \| (.+) \|$", RESTRICTED, re.MULTILINE) for role in (
        "Help Center manager", "Help Center admin", "administrator",
    )}  # fmt: skip
    added = [len(re.findall("`", " ".join(lines))) // 2 for lines in listed.values()]
    totals = [numbers_of(role)[0] for role in ("agent, light agent, contributor, custom role", *listed)]
    assert added == [high - low for low, high in pairwise(totals)]


@pytest.mark.parametrize("endpoint", RECOMMENDED, ids=lambda endpoint: endpoint.name)
def test_a_stream_is_listed_if_an_agent_cannot_read_it(endpoint: Endpoint) -> None:
    is_restricted = ROLES.index(least_role(endpoint, ENDPOINTS)) > ROLES.index("agents")
    # Products with credentials of their own have roles of their own.
    assert (f"`{endpoint.name}`" in RESTRICTED) is (is_restricted and not endpoint.options.account)


def test_the_page_names_the_lists_for_agents() -> None:
    assert "| `tickets` | `list_tickets` |\n" in RESTRICTED
    assert RESTRICTED.count("| `list_") == 4
