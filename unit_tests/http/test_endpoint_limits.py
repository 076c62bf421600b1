"""The documented limits of a path follow from patterns, and all ids of an endpoint share them."""

import pytest

from source_zendesk.http.endpoint_limits import EndpointLimits
from source_zendesk.http.limit_headers import ACCOUNT, LimitHeader
from source_zendesk.manifest import Manifest

ENDPOINT_LIMITS = EndpointLimits.from_definitions(Manifest.load().content["definitions"])


@pytest.mark.parametrize(
    ("path", "account", "names"),
    [
        ("/api/v2/groups", ACCOUNT, set()),
        ("/api/v2/incremental/tickets/cursor", ACCOUNT, {"incremental-exports"}),
        ("/api/v2/incremental/tickets/sample", ACCOUNT, {"incremental-samples"}),
        ("/api/v2/help_center/incremental/articles", "help-center", {"article-exports"}),
        ("/api/v2/community/posts", "help-center", set()),
        ("/api/v2/channels/voice/stats/incremental/calls", "talk", {"talk-exports"}),
        ("/api/v2/agent_availabilities", "agent-availability", set()),
        ("/api/v2/tickets", ACCOUNT, {"/api/v2/tickets"}),
        ("/api/v2/views/7/execute", ACCOUNT, {"/api/v2/views/7/execute"}),
    ],
)
def test_a_path_has_the_limits_whose_patterns_match(path: str, account: str, names: set[str]) -> None:
    assert (ENDPOINT_LIMITS.for_path(path).account, set(ENDPOINT_LIMITS.for_path(path).scarce)) == (account, names)


def test_an_endpoint_is_a_path_without_ids_unless_each_path_has_its_own_limit() -> None:
    assert ENDPOINT_LIMITS.for_path("/api/v2/users/12/identities/3").endpoint == "/api/v2/users/*/identities/*"
    assert ENDPOINT_LIMITS.for_path("/api/v2/views/7/execute").endpoint == "/api/v2/views/7/execute"


def test_a_reported_limit_belongs_to_the_account_the_product_or_the_path() -> None:
    account, own = LimitHeader(ACCOUNT, 10, 9, 60.0), LimitHeader("views", 5, 4, 60.0)
    assert ENDPOINT_LIMITS.for_path("/api/v2/groups").qualify(account).name == ACCOUNT
    assert ENDPOINT_LIMITS.for_path("/api/v2/channels/voice/lines").qualify(account).name == "talk"
    assert ENDPOINT_LIMITS.for_path("/api/v2/groups").qualify(own).name == "views"
    assert ENDPOINT_LIMITS.for_path("/api/v2/views/7/execute").qualify(own).name == "views /api/v2/views/7/execute"
