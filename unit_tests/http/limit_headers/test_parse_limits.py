"""Limits are parsed from all header formats of Zendesk; invalid headers are ignored."""

import pytest

from source_zendesk.http.limit_headers import (
    ACCOUNT,
    LONGEST_WAIT_IN_SECONDS,
    WINDOW_IN_SECONDS,
    LimitHeader,
    parse_limits,
)

ENDPOINT = "Zendesk-RateLimit-incremental-exports"


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({}, []),
        (
            {"ratelimit-limit": "700", "ratelimit-remaining": "699", "ratelimit-reset": "30"},
            [LimitHeader(ACCOUNT, 700, 699, 30.0)],
        ),
        ({"X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "0"}, [LimitHeader(ACCOUNT, 700, 0, WINDOW_IN_SECONDS)]),
        (
            {"ratelimit-limit": "700;w=60", "ratelimit-remaining": "5"},
            [LimitHeader(ACCOUNT, 700, 5, WINDOW_IN_SECONDS)],
        ),
        ({"ratelimit-remaining": "5"}, [LimitHeader(ACCOUNT, 5, 5, WINDOW_IN_SECONDS)]),
        ({"ratelimit-limit": "700"}, []),
        ({"ratelimit-limit": "-1", "ratelimit-remaining": "-1"}, []),
        ({"ratelimit-limit": "many", "ratelimit-remaining": "few"}, []),
        ({ENDPOINT: "total=10; remaining=9; resets=45"}, [LimitHeader("incremental-exports", 10, 9, 45.0)]),
        ({ENDPOINT: "total=10"}, []),
        (
            {"ratelimit-limit": "9", "ratelimit-remaining": "8", "ratelimit-reset": "99999"},
            [LimitHeader(ACCOUNT, 9, 8, LONGEST_WAIT_IN_SECONDS)],
        ),
        ({"Zendesk-RateLimit-Inflight-Jobs": "total=30; remaining=29"}, []),
    ],
)
def test_limits_are_parsed_from_headers(headers: dict[str, str], limits: list[LimitHeader]) -> None:
    assert list(parse_limits(headers)) == limits


def test_the_limits_of_the_account_and_of_an_endpoint_are_both_parsed() -> None:
    both = {"ratelimit-limit": "700", "ratelimit-remaining": "6", ENDPOINT: "total=10;remaining=9"}
    assert [(limit.name, limit.remaining) for limit in parse_limits(both)] == [(ACCOUNT, 6), ("incremental-exports", 9)]
