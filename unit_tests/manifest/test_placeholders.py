"""Values of placeholders cannot change the path."""

import pytest

from source_zendesk.manifest.placeholders import InvalidPathValueError, fill_path

SESSION = "/api/v2/users/{user_id}/sessions/{session_id}"
INVALID = (
    "", " ", "\t", ".", "..", " .. ", "...", "%2e", "%2E%2e", "%252e%252e", ".%2e", "../1", "1/..", "1/../2", "a//b",
    "/", "/1", "1/", "..\\1", "1\\..", "\\", "%5c..", "1%2f..", "..;x", ".json", "%2ejson", "\uff0e\uff0e", "1\n",
    "a\0b", "1\u2028", "\ufeff1", "%00", "%0a1", "%20",
)  # fmt: skip
VALID = {
    "7": "7",
    "a b": "a%20b",
    "en-US": "en-US",
    "zen:custom_object:car": "zen%3Acustom_object%3Acar",
    "a/b": "a%2Fb",
    "50%": "50%25",
    "v1.2..3": "v1.2..3",
    "?x=1#y": "%3Fx%3D1%23y",
    "größe": "gr%C3%B6%C3%9Fe",
}


@pytest.mark.parametrize("text", INVALID)
def test_a_value_that_would_change_the_path_is_rejected(text: str) -> None:
    with pytest.raises(InvalidPathValueError, match=r"^`session_id` (is|starts|has|contains) "):
        fill_path(SESSION, {"user_id": "1", "session_id": text})


@pytest.mark.parametrize("text", VALID)
def test_a_valid_value_is_percent_encoded(text: str) -> None:
    assert fill_path(SESSION, {"user_id": "1", "session_id": text}) == f"/api/v2/users/1/sessions/{VALID[text]}"
