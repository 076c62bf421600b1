"""The required fields of a new link."""

from __future__ import annotations

from integration_tests.emulator.writes.generic import REQUIRED

REQUIRED["link"] = ("ticket_id", "issue_id", "issue_key")
