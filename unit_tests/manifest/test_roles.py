"""The role that each stream needs, and what agents can read instead."""

import pytest

from source_zendesk.manifest import Manifest
from source_zendesk.manifest.roles import ROLES, admin_streams, agent_alternative, describe_needs, least_role

ENDPOINTS = Manifest.load().endpoints
ALTERNATIVES = {
    "tickets": "list_tickets",
    "users": "list_users",
    "organizations": "list_organizations",
    "ticket_metrics": "list_ticket_metrics",
}


def test_the_main_exports_have_a_list_for_agents() -> None:
    found = {name: other for name, each in ENDPOINTS.items() if (other := agent_alternative(each, ENDPOINTS))}
    assert ALTERNATIVES.items() <= found.items()
    for name, other in found.items():
        stream, instead = ENDPOINTS[name], ENDPOINTS[other]
        assert (stream.schema, stream.primary_key) == (instead.schema, instead.primary_key)
        assert (least_role(stream, ENDPOINTS), least_role(instead, ENDPOINTS)) == ("admins", "agents")
        assert not instead.parents


def test_streams_with_an_alternative_come_first_and_no_others_than_those_of_administrators() -> None:
    found = [each.name for each in admin_streams(ENDPOINTS.values(), ENDPOINTS)]
    assert set(found) == {name for name, each in ENDPOINTS.items() if least_role(each, ENDPOINTS) == "admins"}
    assert set(ALTERNATIVES) <= set(found[: len(found) // 10])


@pytest.mark.parametrize("name", ENDPOINTS)
def test_the_needs_of_every_stream_name_its_role_and_plan(name: str) -> None:
    endpoint = ENDPOINTS[name]
    text, role = describe_needs(endpoint, ENDPOINTS), least_role(endpoint, ENDPOINTS)
    assert (f"erves it to {role} only" in text) == (ROLES.index(role) > ROLES.index("agents"))
    assert (f"t needs {endpoint.options.plan}" in text) == bool(endpoint.options.plan)
    assert (text == "") == (role in ROLES[:3] and not endpoint.options.plan)


def test_the_needs_name_the_alternative() -> None:
    expected = "Zendesk serves it to admins only; agents can read list_tickets instead"
    assert describe_needs(ENDPOINTS["tickets"], ENDPOINTS) == expected
