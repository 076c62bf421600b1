"""The work items that responses include with the availability of agents, and those that they leave out."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from source_zendesk.errors import ResponseError
from source_zendesk.extract.extractors import ExtractedRows, ListExtractor, Row
from source_zendesk.extract.page import ChildReader
from source_zendesk.extract.sideload_extractors import Key, resource_key
from source_zendesk.http.refusals import StreamSkipped

LOGGER = logging.getLogger("airbyte")
AGENT, CHANNEL = "agent_id", "channel"
CHANNELS = ("support", "messaging", "talk")
"""The documented channels, requested for an agent whose own are not in the response."""


@dataclass
class WorkItemExtractor(ListExtractor):
    """The work items that the response includes with the channels of each agent under `record_key`.

    Each gets `agent_id` and `channel`. A response includes the first page of a channel's work items; channels with
    further pages, or without this page, are `pending`. So are all documented channels of an agent without a list of
    channels.
    https://developer.zendesk.com/api-reference/agent-availability/agent-availability-api/agent_availabilities/
    """

    def extract(self, body: object) -> list[Row]:
        """The work items of the channels that have no further ones."""
        return self.extract_page(body).records

    def extract_page(self, body: object) -> ExtractedRows:
        """The work items; the read advances by the agents, since a page of agents without work is not the end.

        Pending are the agent and name of each channel of which the response does not include all work items.
        """
        agents = super().extract(body)
        channels = list(self._channels(agents, body))
        work_items = [{**channel, **item} for channel, items in channels for item in items or []]
        return ExtractedRows(work_items, agents, [channel for channel, items in channels if items is None])

    def _channels(self, agents: list[Row], body: object) -> Iterator[tuple[Row, list[Row] | None]]:
        """Each channel of each agent, with its work items; None if the response does not include all of them."""
        document = body if isinstance(body, dict) else {}
        included = {resource_key(item): item for item in self.nested_list(document, "included")}
        for agent in agents:
            agent_id = (agent.get("attributes") or {}).get(AGENT)
            references = _related(agent, "channels").get("data")
            if references is None:
                yield from (({AGENT: agent_id, CHANNEL: name}, None) for name in CHANNELS)
                continue
            for key in map(resource_key, references):
                channel = included.get(key, {})
                name = (channel.get("attributes") or {}).get("name")
                if not name:
                    cause = f"the response does not include the channel {key[1] if key else None} of an agent"
                    raise ResponseError(self.name, f"{cause}; if that persists, read list_{self.name}")
                yield {AGENT: agent_id, CHANNEL: name}, _all_work_items(channel, included)


def _related(resource: Row, name: str) -> Mapping[str, Any]:
    """A relationship of a JSON:API resource, empty if it has none of this name."""
    return (resource.get("relationships") or {}).get(name) or {}


def _all_work_items(channel: Row, included: Mapping[Key, Row]) -> list[Row] | None:
    work_items = _related(channel, "work_items")
    has_more = (work_items.get("meta") or {}).get("has_more") or (work_items.get("links") or {}).get("next")
    keys = None if has_more else work_items.get("data")
    count = (channel.get("attributes") or {}).get("work_item_count")
    if keys is None or (isinstance(count, int) and count > len(keys)):
        return None
    if not all(resource_key(key) in included for key in keys):
        return None
    return [included[resource_key(key)] for key in keys]


@dataclass(frozen=True)
class RemainingWorkItems:
    """Requests the work items of the channels of which a response does not include all."""

    stream: str
    work_items: ChildReader

    def replace_pending(self, rows: list[Row], _since: int) -> list[Row]:
        """The work items among the rows, and those of the channels among the rows."""
        items = [row for row in rows if not _is_channel(row)]
        return [*items, *(item for row in rows if _is_channel(row) for item in self._work_items(row))]

    def _work_items(self, channel: Row) -> Iterator[Row]:
        try:
            for page in self.work_items.read_pages({}, channel):
                yield from page.rows
        except StreamSkipped as skipped:
            LOGGER.warning("Stream %s: skipped %s (%s)", self.stream, channel, skipped)


def _is_channel(row: Row) -> bool:
    return row.keys() == {AGENT, CHANNEL}
