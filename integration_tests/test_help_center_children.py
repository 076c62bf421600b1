"""Children in help centers: requests per parent, and one request for brands."""

import re

from integration_tests.conftest import account_fixture
from integration_tests.emulator import Emulator
from integration_tests.harness import sync

SHOWN = "show_article"
"""Child streams for which an article's `updated_at` shows changes."""
COUNTED = ["article_attachments", "article_comments"]
"""Child streams that can change without a change of the article."""


zendesk = account_fixture(rows=12, tickets=2, frozen=True)


def requested_articles(zendesk: Emulator, end: str = "") -> set[str]:
    """The ids of the requested articles."""
    path = re.compile(rf"/api/v2/help_center/articles/(\d+){end}")
    return {found[1] for request in zendesk.requests if (found := path.fullmatch(request.path))}


def test_a_second_run_shows_changed_articles_and_requests_children_of_all(zendesk: Emulator) -> None:
    first = sync(zendesk.config(), [SHOWN, *COUNTED])
    every = requested_articles(zendesk, "/comments")
    assert {str(row["id"]) for row in first.records[SHOWN]} == every == requested_articles(zendesk, "/attachments")
    changed = zendesk.store.all("articles")[3]["id"]
    attached = zendesk.store.all("article_attachments")[0]["id"]
    zendesk.clock.advance(minutes=10)
    zendesk.store.update("articles", changed)
    zendesk.store.update("article_attachments", attached)
    zendesk.clock.advance(minutes=10)
    zendesk.clear_requests()
    second = sync(zendesk.config(), [SHOWN, *COUNTED], first.state)
    assert str(changed) in {str(row["id"]) for row in second.records[SHOWN]}
    assert len(second.records[SHOWN]) < len(every) / 2
    assert requested_articles(zendesk) == {str(row["id"]) for row in second.records[SHOWN]}
    assert requested_articles(zendesk, "/comments") == requested_articles(zendesk, "/attachments") == every
    assert attached in {row["id"] for row in second.records["article_attachments"]}
    assert len(second.records["article_attachments"]) < len(first.records["article_attachments"])


def test_brands_are_requested_once_for_all_streams(zendesk: Emulator) -> None:
    sync(zendesk.config(), ["brands", "articles", "posts"])
    assert len(zendesk.requests_to("/api/v2/brands")) == 1
