"""Tokens are found in the bytes of any response."""

import json

import pytest

from source_zendesk.http.token_response import find_tokens, quoted_tokens

TOKENS = {"access_token": "new-access", "refresh_token": "new-refresh"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_tokens_are_found_in_any_encoding(encoding: str) -> None:
    assert find_tokens(json.dumps({"data": TOKENS}).encode(encoding)) == TOKENS


@pytest.mark.parametrize(
    "content", [json.dumps(json.dumps(TOKENS)), "access_token=new-access&refresh_token=new-refresh"]
)
def test_tokens_in_a_text_are_to_be_redacted(content: str) -> None:
    assert quoted_tokens(content.encode()) == ["new-access", "new-refresh"]
    assert find_tokens(content.encode()) == {}
