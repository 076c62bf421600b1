"""The `{placeholders}` in the path of an endpoint and their values."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote, unquote

PLACEHOLDER = re.compile(r"{(\w+)}")
INTEGERS = frozenset({
    "activity_id", "agent_id", "article_attachment_id", "article_id", "attachment_id", "audit_log_id", "automation_id",
    "bookmark_id", "brand_id", "call_id", "category_id", "comment_id", "custom_role_id", "custom_status_id",
    "deleted_user_id", "deletion_schedule_id", "digital_line_id", "dynamic_content_item_id",
    "dynamic_content_variant_id", "global_client_id", "group_id", "group_membership_id", "holiday_id", "ivr_id",
    "label_id", "macro_id", "menu_id", "monitored_twitter_handle_id", "notification_id", "oauth_client_id",
    "oauth_token_id", "organization_id", "organization_membership_id", "organization_subscription_id",
    "permission_group_id", "phone_number_id", "post_comment_id", "post_id", "request_id", "route_id",
    "satisfaction_rating_id", "satisfaction_reason_id", "schedule_id", "section_id", "session_id",
    "sharing_agreement_id", "sla_policy_id", "subscription_id", "support_address_id", "target_failure_id",
    "ticket_audit_id", "ticket_comment_id", "ticket_field_id", "ticket_field_option_id", "ticket_form_id", "ticket_id",
    "topic_id", "translation_id", "trigger_id", "trigger_revision_id", "user_field_option_id", "user_id",
    "user_identity_id", "user_segment_id", "view_id", "vote_id", "workspace_id",
})  # fmt: skip
"""The placeholders whose value is an integer in every endpoint, by Zendesk's OpenAPI files and reference pages.

Not here are placeholders that are a key, a ULID or a UUID in some endpoint, or that Zendesk describes in several ways.
"""
ALIASES = {"user_id": "me", "agent_id": "me"}
"""A text that Zendesk accepts in place of the integer: the user of the credentials."""


class InvalidPathValueError(ValueError):
    """A value that is not a valid path segment, because it would change the path; `fault` is its fault in words."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"`{name}` {fault}")
        self.fault = fault


def find_placeholders(path: str) -> list[str]:
    """The names of the placeholders in the order of the path."""
    return PLACEHOLDER.findall(path)


def path_resource(path: str) -> str:
    """The last segment of the path that is not a placeholder: the resource of the endpoint."""
    return [part for part in path.split("/") if part and not PLACEHOLDER.fullmatch(part)][-1]


def fill_path(path: str, values: Mapping[str, str]) -> str:
    """Fill the placeholders of a path with percent-encoded values.

    Raises `InvalidPathValueError` for a value that is unsafe even when encoded: `/users/1/sessions/..` is the user
    and `/users/1/sessions/.json` is the list of all sessions.
    """
    for name in find_placeholders(path):
        check_value(name, values[name])
    return PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe=""), path)


def check_value(name: str, text: str) -> None:
    """Raise `InvalidPathValueError` for a text that is not a valid path segment, even after repeated decoding."""
    plain = _decode_fully(text)
    if fault := _find_fault(plain):
        raise InvalidPathValueError(name, fault if plain == text else f"{fault} after decoding")


def _find_fault(plain: str) -> str:
    """What is wrong with a decoded value; empty if it is valid."""
    parts = [part.strip() for part in re.split(r"[/\\]", plain)]
    faults = {
        "contains non-printable characters": not plain.isprintable(),
        "is empty": parts == [""],
        "starts with a dot": parts[0].startswith("."),
        "has a dot after a slash": any(part.startswith(".") for part in parts[1:]),
        "has a slash without text before or after it": "" in parts,
    }
    return next((fault for fault, is_present in faults.items() if is_present), "")


def _decode_fully(text: str) -> str:
    while (plain := unicodedata.normalize("NFKC", unquote(text))) != text:
        text = plain
    return text
