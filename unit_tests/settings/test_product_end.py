"""`check` warns of the end of a product from a day on."""

from dataclasses import replace
from typing import Any

import pytest

from source_zendesk import times
from source_zendesk.manifest.product_account import ProductAccount
from source_zendesk.settings.product_access import ProductAccess
from source_zendesk.settings.product_end import end_warnings
from unit_tests.manifest.small_manifest import ACCOUNT
from unit_tests.settings.test_settings import parse

ENDS = {"ends": "2027-08-31", "warns_from": "2027-02-01"}


def warnings(now: str, monkeypatch: pytest.MonkeyPatch, **more: Any) -> list[str]:
    account = ProductAccount.from_content("chat", {**ACCOUNT, **more})
    monkeypatch.setattr("source_zendesk.times.now", lambda: times.epoch(now))
    return end_warnings(replace(parse(), products={"chat": ProductAccess(account)}))


@pytest.mark.parametrize("now", ["2027-02-01T00:00:00Z", "2027-08-31T12:00:00Z", "2028-01-01T00:00:00Z"])
def test_from_that_day_on(now: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (warning,) = warnings(now, monkeypatch, **ENDS)
    assert warning.startswith("Zendesk ends Chat on 2027-08-31 and then deletes its data.")
    assert "remove `chat` from the configuration afterwards" in warning


def test_not_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert warnings("2027-01-31T23:59:59Z", monkeypatch, **ENDS) == []


def test_a_product_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert warnings("2028-01-01T00:00:00Z", monkeypatch) == []


def test_without_products(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_zendesk.times.now", lambda: times.epoch("2028-01-01T00:00:00Z"))
    assert end_warnings(parse()) == []
