"""Generates rows of each kind for the prepared pages, as large as Zendesk's; values depend on the row number."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]

# pages.py replaces these placeholders by values of the same length that differ on every page.
SERIAL = "@SERIAL@@@"
SECOND = "@SECOND"
HOUR = "@@@@DAY@HOUR@"
CUSTOM_FIELDS = 30
WORDS = "The order arrived without its charger and the parcel was open; the customer asks for a new one by Friday. "


def identity(number: int) -> str:
    """The digits of an id."""
    return f"{SERIAL}{number:03}"


def times(number: int) -> Row:
    """The times of a row; each row of a page has a different second."""
    minute, second = divmod(number * 3, 60)
    return {"created_at": "2018-02-05T09:30:00Z", "updated_at": f"{HOUR}:{minute % 60:02}:{second:02}Z"}


def ticket(number: int) -> Row:
    """A ticket of an account with 30 custom fields."""
    return {
        "url": f"https://bench.zendesk.com/api/v2/tickets/{identity(number)}.json",
        "id": identity(number),
        "external_id": None,
        "via": {"channel": "email", "source": {"from": {"address": "user@example.com", "name": "A user"},
                                               "to": {"name": "Support", "address": "support@example.com"},
                                               "rel": None}},
        **times(number),
        "generated_timestamp": f"{SECOND}{number:03}",
        "type": "question",
        "subject": f"Charger is missing ({number})",
        "raw_subject": f"Charger is missing ({number})",
        "description": WORDS * 3,
        "priority": "normal",
        "status": "open",
        "recipient": "support@example.com",
        "requester_id": 8_000_000_000 + number,
        "submitter_id": 8_000_000_000 + number,
        "assignee_id": 9_000_000_000 + number % 50,
        "organization_id": 7_000_000_000 + number % 200,
        "group_id": 6_000_000_000 + number % 10,
        "collaborator_ids": [9_000_000_001, 9_000_000_002],
        "follower_ids": [9_000_000_001],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": ["delivery", "missing_part", f"day_{number % 30}"],
        "custom_fields": [{"id": 360_000_000_000 + n, "value": _value(number, n)} for n in range(CUSTOM_FIELDS)],
        "satisfaction_rating": {"score": "unoffered"},
        "sharing_agreement_ids": [],
        "custom_status_id": 1_900_000_000_000 + number % 5,
        "followup_ids": [],
        "ticket_form_id": 360_000_000_001,
        "brand_id": 360_000_000_002,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
    }  # fmt: skip


def _value(number: int, field: int) -> Any:
    return (None, f"option_{number % 7}_{field}", number * field, True, "2019-05-01")[field % 5]


def metric_set(number: int) -> Row:
    """The metrics of a ticket."""
    minutes = {"calendar": number * 7, "business": number * 3}
    measured = ("reply_time_in_minutes", "first_resolution_time_in_minutes", "full_resolution_time_in_minutes",
                "agent_wait_time_in_minutes", "requester_wait_time_in_minutes", "on_hold_time_in_minutes")  # fmt: skip
    return {
        "url": f"https://bench.zendesk.com/api/v2/ticket_metrics/{identity(number)}.json",
        "id": identity(number),
        "ticket_id": identity(number),
        **times(number),
        "group_stations": 1,
        "assignee_stations": 1,
        "reopens": 0,
        "replies": number % 9,
        **dict.fromkeys(measured, minutes),
        "assignee_updated_at": None,
        "requester_updated_at": "2018-02-05T09:30:00Z",
        "status_updated_at": "2018-02-05T09:30:00Z",
        "initially_assigned_at": "2018-02-05T09:30:00Z",
        "assigned_at": "2018-02-05T09:30:00Z",
        "solved_at": None,
        "latest_comment_added_at": "2018-02-05T09:30:00Z",
    }


def ticket_with_metrics(number: int) -> Row:
    """A ticket with sideloaded metrics."""
    return {**ticket(number), "metric_set": metric_set(number)}


def exported_ticket(number: int) -> Row:
    """A ticket in an export, which contains the values of the custom fields twice."""
    found = ticket(number)
    return {**found, "fields": found["custom_fields"]}


def exported_ticket_with_metrics(number: int) -> Row:
    """A ticket in an export, with sideloaded metrics."""
    return {**exported_ticket(number), "metric_set": metric_set(number)}


def ticket_field(number: int) -> Row:
    """The definition of a ticket's custom field."""
    return {
        "url": f"https://bench.zendesk.com/api/v2/ticket_fields/{360_000_000_000 + number}.json",
        "id": 360_000_000_000 + number,
        "type": "text",
        "title": f"Field {number}",
        "raw_title": f"Field {number}",
        "description": WORDS,
        "position": number,
        "active": True,
        "required": False,
        "tag": None,
        "removable": True,
        **times(number),
    }


def _ticket_comment(number: int) -> Row:
    return {
        "id": identity(number),
        "type": "Comment",
        "author_id": 8_000_000_000 + number,
        "body": WORDS * 3,
        "html_body": f"<div>{WORDS * 3}</div>",
        "plain_body": WORDS * 3,
        "public": True,
        "attachments": [],
        "audit_id": identity(number),
    }


def ticket_audit(number: int) -> Row:
    """An audit of a ticket: a comment, and a change of the status."""
    change = {"id": 5_000_000_000 + number, "type": "Change", "field_name": "status", "value": "open"}
    return {
        "id": identity(number),
        "ticket_id": 4_000_000_000 + number,
        "created_at": times(number)["updated_at"],
        "author_id": 8_000_000_000 + number,
        "metadata": {"system": {"client": "Mozilla/5.0", "ip_address": "192.0.2.1"}, "custom": {}},
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "events": [_ticket_comment(number), {**change, "previous_value": "new"}],
    }


def ticket_event(number: int) -> Row:
    """The same audit in the export of ticket events, with sideloaded comments."""
    audit = ticket_audit(number)
    comment, change = ({**event, "event_type": event["type"], "via": "Web form"} for event in audit.pop("events"))
    return {
        **audit,
        "timestamp": f"{SECOND}{number:03}",
        "updater_id": audit.pop("author_id"),
        "event_type": "Audit",
        "via": "Web form",
        "system": audit["metadata"]["system"],
        "child_events": [comment, {**change, "status": "open"}],
    }


def user(number: int) -> Row:
    """A user with ten custom fields."""
    return {
        "id": identity(number),
        "url": f"https://bench.zendesk.com/api/v2/users/{identity(number)}.json",
        "name": f"User {number}",
        "email": f"user{identity(number)}@example.com",
        **times(number),
        "time_zone": "Berlin",
        "iana_time_zone": "Europe/Berlin",
        "phone": None,
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 1,
        "locale": "en-US",
        "organization_id": 7_000_000_000 + number % 200,
        "role": "end-user",
        "verified": True,
        "external_id": None,
        "tags": ["customer"],
        "alias": None,
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": "2018-02-05T09:30:00Z",
        "two_factor_auth_enabled": False,
        "signature": None,
        "details": None,
        "notes": None,
        "role_type": None,
        "custom_role_id": None,
        "moderator": False,
        "ticket_restriction": "requested",
        "only_private_comments": False,
        "restricted_agent": True,
        "suspended": False,
        "default_group_id": None,
        "report_csv": False,
        "user_fields": {f"field_{n}": _value(number, n) for n in range(10)},
    }


def membership(number: int) -> Row:
    """A narrow row: a group membership."""
    return {
        "url": f"https://bench.zendesk.com/api/v2/group_memberships/{identity(number)}.json",
        "id": identity(number),
        "user_id": 8_000_000_000 + number,
        "group_id": 6_000_000_000 + number % 10,
        "default": number % 2 == 0,
        **times(number),
    }


def post(number: int) -> Row:
    """A parent: a post of the community."""
    return {
        **thing(number),
        "title": f"How to order a charger ({number})",
        "details": WORDS,
        "author_id": 8_000_000_000 + number,
        "vote_sum": number % 5,
        "vote_count": number % 5,
        "comment_count": 20,
        "follower_count": 1,
        "topic_id": 360_000_000_003,
        "html_url": f"https://bench.zendesk.com/hc/en-us/community/posts/{identity(number)}",
        "status": "none",
        "pinned": False,
        "closed": False,
    }


def comment(number: int) -> Row:
    """A child: a comment on a post."""
    return {
        **thing(number),
        "body": WORDS,
        "author_id": 8_000_000_000 + number,
        "official": False,
        "vote_sum": 0,
        "vote_count": 0,
        "non_author_editor_id": None,
        "non_author_updated_at": None,
        "html_url": f"https://bench.zendesk.com/hc/en-us/community/posts/1/comments/{identity(number)}",
    }


def thing(number: int) -> Row:
    """A row of any other list."""
    return {
        "url": f"https://bench.zendesk.com/api/v2/things/{identity(number)}.json",
        "id": identity(number),
        "name": f"Thing {number}",
        "title": f"Thing {number}",
        "description": WORDS,
        "active": True,
        "default": False,
        "position": number,
        **times(number),
    }


def brand(number: int) -> Row:
    """The account's brand, with the account's host."""
    return {**thing(number), "subdomain": "bench", "brand_url": "https://bench.zendesk.com", "has_help_center": True}


KINDS: dict[str, Callable[[int], Row]] = {
    "ticket": ticket,
    "ticket_with_metrics": ticket_with_metrics,
    "exported_ticket": exported_ticket,
    "exported_ticket_with_metrics": exported_ticket_with_metrics,
    "ticket_metric": metric_set,
    "ticket_field": ticket_field,
    "ticket_audit": ticket_audit,
    "ticket_event": ticket_event,
    "user": user,
    "membership": membership,
    "post": post,
    "comment": comment,
    "brand": brand,
    "thing": thing,
}
