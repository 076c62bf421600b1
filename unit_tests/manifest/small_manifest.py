"""A manifest of a few entries for the tests of the loader."""

from typing import Any

from source_zendesk.manifest import Endpoint, Manifest

Content = dict[str, Any]

DEFINITIONS: Content = {
    "reader": {"type": "CustomRetriever"},
    "requester": {"type": "HttpRequester"},
    "pages": {"type": "CustomPaginationStrategy", "$ref": "#/definitions/base_pages"},
    "base_pages": {"type": "CustomPaginationStrategy"},
    "unused": {"type": "CustomPaginationStrategy"},
    "help_centers": {"stream": "brands", "fields": {"brand_id": "id"}, "unless": {"has_help_center": False}},
}
TRAITS: Content = {
    "read": {
        "kind": "read", "retriever": "$reader", "requester": "$requester", "record_key": "{resource}",
        "primary_key": ["id"], "cursor_field": "updated_at", "requires": ["schema"],
    },
    "input": {"kind": "input"},
    "action": {"kind": "action", "retriever": "$reader", "requester": "$requester", "schema": "action_result"},
    "children": {"incremental": "follows_parent", "requires": ["parents"]},
    "paged": {"paginator": "$pages", "query": {"sort": "id"}},
}  # fmt: skip
FAMILIES: Content = {
    "page": {"traits": ["read"]},
    "list": {"traits": ["read", "paged"], "query": {"all": "true"}},
    "child": {"traits": ["read", "children"]},
    "input": {"traits": ["read", "input"]},
    "action": {"traits": ["action"]},
}
BRANDS = {"name": "brands", "get": "/api/v2/brands", "family": "list", "schema": "brand"}
GROUPS = {"name": "groups", "get": "/api/v2/groups", "family": "list", "schema": "group"}
MEMBERS = {"name": "members", "get": "/api/v2/groups/{group_id}/members", "family": "child", "schema": "user",
    "parents": "groups"}  # fmt: skip


FORM: Content = {"properties": {"subdomain": {"order": 0}}}
ACCOUNT: Content = {
    "url": "https://{{ block.get('host') or config['subdomain'] ~ '.zendesk.com' }}", "check": "/api/v2/chat/agents",
    "config": {"type": "object", "title": "Chat", "oneOf": [
        {"required": ["credentials", "access_token"], "properties": {
            "credentials": {"type": "string", "const": "access_token"}, "access_token": {"type": "string"}}},
    ]},
}  # fmt: skip
"""The account of a product with credentials of its own."""


def build(*streams: Content, **products: Content) -> Manifest:
    """A manifest of these entries, and of products in the form of their file."""
    content = {
        "version": "7.39.1", "type": "DeclarativeSource", "check": {}, "spec": {"connection_specification": FORM},
        "concurrency_level": {}, "definitions": DEFINITIONS, "traits": TRAITS, "families": FAMILIES, "streams": streams,
    }  # fmt: skip
    return Manifest(content, products)


def endpoint(entry: Content, *others: Content) -> Endpoint:
    """The endpoint of an entry, loaded with other entries."""
    return build(*others, entry).endpoints[entry["name"]]
