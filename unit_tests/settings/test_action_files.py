"""Which files an action may carry."""

from pathlib import Path

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.manifest import Manifest
from source_zendesk.settings.actions import actions_by_stream


def test_link_to_a_file_is_refused(tmp_path: Path) -> None:
    """Whoever may change a link would choose what is sent."""
    (tmp_path / "a.txt").write_text("a")
    link = tmp_path / "b.txt"
    link.symlink_to(tmp_path / "a.txt")
    item = {"stream": "upload_files", "parameters": {"filename": "a"}, "body": None, "file": str(link)}
    with pytest.raises(ConfigError, match=r"`actions\[0\].file`: .*b.txt is no ordinary file"):
        actions_by_stream({"actions": [item], "allow_writes": True}, Manifest.load())
