"""Hosts that can be resolved, and those for which a resolver raises."""

import pytest

from source_zendesk.http.hosts import is_valid_host


@pytest.mark.parametrize(
    "host",
    ["acme.zendesk.com", "localhost", "127.0.0.1", "::1", "[::1]", "fe80::1%eth0", "my_proxy", "ä.example", "a."],
)
def test_a_name_or_an_address(host: str) -> None:
    assert is_valid_host(host)


@pytest.mark.parametrize("host", ["", " ", "a b", "a..b", "..", "*", "a" * 64, "::g", "\ud83d", "a\x1b", "a\n"])
def test_other_text_is_no_host(host: str) -> None:
    assert not is_valid_host(host)
