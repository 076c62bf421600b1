"""A router has one partition for each combination of the values of its parents."""

from requests_mock import Mocker

from source_zendesk.extract.extractors import ListExtractor
from source_zendesk.extract.list_paginators import OffsetPaginator
from source_zendesk.extract.page_retriever import PageRetriever
from source_zendesk.extract.parent_router import ParentRouter
from unit_tests.account import ACCOUNT, requester


def retriever(stream: str, endpoint: str, router: ParentRouter | None = None) -> PageRetriever:
    """The retriever of a list, whose parents the `router` reads."""
    return PageRetriever(
        name=stream,
        config={},
        endpoint=endpoint,
        requester=requester(),
        paginator=OffsetPaginator(stream, {}),
        extractor=ListExtractor(stream, stream),
        incremental_cursor={"class_name": "source_zendesk.extract.cursors.list_cursor.ListCursor"},
        partition_router=router,
    )


GROUPS = {"stream": "groups", "fields": {"group_id": "id"}, "unless": {"deleted": True}}


def test_the_values_of_parents_are_combined(requests_mock: Mocker) -> None:
    groups = [{"id": 1}, {"id": 2, "deleted": True}, {"id": 3}]
    requests_mock.get(f"{ACCOUNT}/api/v2/groups", json={"groups": groups})
    channels = {"fields": {"channel": "channel"}, "values": ["chat", "voice"]}
    router = ParentRouter({}, [GROUPS, channels], [retriever("groups", "/api/v2/groups")])
    assert [(each["group_id"], each["channel"]) for each in router.stream_slices()] == [
        (1, "chat"), (1, "voice"), (3, "chat"), (3, "voice"),
    ]  # fmt: skip


def test_a_parent_can_have_parents(requests_mock: Mocker) -> None:
    requests_mock.get(f"{ACCOUNT}/api/v2/groups", json={"groups": [{"id": 1}, {"id": 3}]})
    for group, member in ((1, 7), (3, 8)):
        path = f"/api/v2/groups/{group}/members"
        requests_mock.get(f"{ACCOUNT}{path}", json={"members": [{"id": member, "group_id": group}]})
    groups = ParentRouter({}, [GROUPS], [retriever("groups", "/api/v2/groups")])
    members = {"stream": "members", "fields": {"member_id": "id"}}
    router = ParentRouter({}, [members], [retriever("members", "/api/v2/groups/{group_id}/members", groups)])
    assert [each["member_id"] for each in router.stream_slices()] == [7, 8]
