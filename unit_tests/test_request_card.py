"""The request card of a stream contains every fact about its requests."""

from dataclasses import asdict

import pytest
import yaml

from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.__main__ import render_streams
from source_zendesk.manifest.standalone import standalone_manifest
from source_zendesk.request_card import RequestCard, card_of

MANIFEST = Manifest.load()
CARDS = {
    "list_ticket_comments": """\
# stream       list_ticket_comments (read; family child_cursor_list, product support)
# request      GET /api/v2/tickets/{ticket_id}/comments
# query        include_inline_images=true, page[size]=100, [include: users]
# records      One record for each item of the list under `comments`.
# primary key  id
# cursor       created_at; not filtered at Zendesk; incremental read: children of changed parents
# page size    100 (page[size])
# stop rule    `meta.has_more` is false. An empty page is not the end.
# parents      {ticket_id} from `id` of tickets, unless status=deleted
# cost         one request or more for each `tickets`; rate limit: account
# role         admins
# plan         every plan
""",
    "articles": """\
# stream       articles (read; family brand_list, product help_center)
# request      GET /api/v2/help_center/incremental/articles, on the host of the brand {brand_id}
# query        include=translations, start_time={cursor}, [include: users, sections]
# records      The items of the list under `articles`; none if it is missing and the response contains a `count` of 0.
# primary key  id
# cursor       updated_at; filtered at Zendesk (start time); incremental read: changes of each parent
# page size    set by Zendesk
# stop rule    `next_page` is null, or the page is empty. `count` proves no end, since it may be that of the page. If
#              `next_page` repeats the start time, a page of fewer than `full_page` rows ends the read unless `count`
#              reports more rows, and any other page is an error (`PaginationError`).
# parents      {brand_id} from `id` of brands, unless has_help_center=False, unless is_deleted=True
# cost         one request or more for each `brands`; rate limit: article-exports, help-center
# role         agents
# plan         Guide
""",
    "update_many_tickets": """\
# stream       update_many_tickets (action; family action_job, product support)
# request      PUT /api/v2/tickets/update_many, body: json {"ticket": {...}} or {"tickets": [...]}
# query        [ids]
# records      Extracts the object or list under `record_key`, or the whole response; an empty response is one empty
#              record (no record_key)
# primary key  none
# cursor       none; the state lists the sent actions
# page size    one response
# stop rule    the end of the job
# parents      none
# cost         one request for each item of `actions`; rate limit: account
# role         agents
# plan         every plan
""",
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_describes_the_requests_of_a_stream(name: str) -> None:
    assert card_of(name, MANIFEST) == CARDS[name]


@pytest.mark.parametrize("endpoint", MANIFEST.endpoints.values(), ids=lambda endpoint: endpoint.name)
def test_every_card_is_complete(endpoint: Endpoint) -> None:
    card = RequestCard.from_endpoint(endpoint, MANIFEST)
    assert [name for name, text in asdict(card).items() if not text] == []
    assert [name for name in endpoint.placeholders if f"{{{name}}}" not in card.parents] == []


def test_printed_streams_are_yaml_documents() -> None:
    names = ["tags", "show_group"]
    documents = list(yaml.safe_load_all(render_streams(names)))
    assert documents == [standalone_manifest(MANIFEST, name) for name in names]
