"""Functions that make generated rows consistent: references, uniqueness and Zendesk's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.emulator.data import slas
from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.field_types import kind_of
from integration_tests.emulator.data.field_values import is_standard, key_of, values_by_key
from integration_tests.emulator.data.registration import register_as
from integration_tests.emulator.data.seeds import CHILDREN, HELP_CENTERS
from integration_tests.emulator.data.tickets import group_name
from integration_tests.emulator.data.values import HOST, LOCALES, TAGS, WORDS, Maker

Row = dict[str, Any]
CONDITION_VALUES: tuple[Any, ...] = ("solved", ["vip", "beta"], 24, True, "current_groups")


def user(row: Row, m: Maker) -> None:
    role = "admin" if m.index == 0 else "agent" if m.index % 4 == 0 else "end-user"
    agent = role != "end-user"
    row.update(
        name=m.person(), role=role, verified=True, suspended=m.index % 40 == 9, permanently_deleted=False, active=True,
        email=f"user{m.index + 1}@example.com", role_type=4 if agent else None, locale=LOCALES[m.index % 6],
        custom_role_id=m.seed_ids.id_of("custom_roles", m.index) if agent else None,
        default_group_id=m.seed_ids.id_of("groups", m.index) if agent else None,
        organization_id=m.seed_ids.id_of("organizations", m.index) if m.index % 3 else None,
        url=f"{HOST}/api/v2/users/{m.id}.json", user_fields=values_by_key(m.seed_ids, "user_fields", m.index),
        photo=None if m.index % 3 else _photo(m), restricted_agent=not agent,
        ticket_restriction=None if agent else "requested", shared=False, shared_agent=False, moderator=agent,
    )  # fmt: skip
    if m.index % 20 == 7:
        row.update(active=False)
    if m.index % 60 == 27:
        row.update(name="Permanently Deleted User", email=None, phone=None, permanently_deleted=True, photo=None)


def _photo(m: Maker) -> Row:
    url = f"{HOST}/system/photos/{m.index}/photo.png"
    return {
        "id": m.index + 1, "content_type": "image/png", "content_url": url, "file_name": "photo.png", "size": 4321,
        "height": 80, "width": 80, "inline": False, "deleted": False, "thumbnails": [], "url": url,
        "mapped_content_url": url,
    }  # fmt: skip


def organization(row: Row, m: Maker) -> None:
    row.update(
        name=f"Organization {m.index + 1}", deleted_at=None, shared_tickets=m.index % 7 == 0,
        organization_fields=values_by_key(m.seed_ids, "organization_fields", m.index),
        domain_names=[f"org{m.index + 1}.example.com"], group_id=m.seed_ids.id_of("groups", m.index),
        external_id=f"org-{m.index + 1}" if m.index % 2 else None,
    )  # fmt: skip
    if m.index % 30 == 11:
        row["deleted_at"] = row["updated_at"]


def group(row: Row, m: Maker) -> None:
    row.update(name=group_name(m.index), deleted=m.index % 20 == 13, is_public=True)


def membership(row: Row, m: Maker) -> None:
    target = "groups" if "group_id" in row else "organizations"
    key = "group_id" if target == "groups" else "organization_id"
    user_id = m.seed_ids.agent(m.index) if target == "groups" else m.seed_ids.end_user(m.index)
    row.update({key: m.seed_ids.id_of(target, m.index * 7 + 1), "user_id": user_id})
    if "default" in row:
        row["default"] = m.index % 2 == 0
    if "organization_name" in row:
        row["organization_name"] = f"Organization {(m.index * 7 + 1) % m.seed_ids.count(target) + 1}"
    if "updated_at" in row and m.index % 10 == 3:
        row["updated_at"] = None


def rule(row: Row, m: Maker) -> None:
    """Triggers, automations, macros and views: actions and conditions with values of every type."""
    for number, part in enumerate(_conditions(row) + list(row.get("actions") or [])):
        part["value"] = CONDITION_VALUES[(m.index + number) % 5]
    row["title"] = row["raw_title"] = f"{WORDS[m.index % 10].title()} rule {m.index + 1}"
    if "category_id" in row:
        row["category_id"] = str(m.seed_ids.id_of("trigger_categories", m.index))


def _conditions(row: Row) -> list[Row]:
    conditions = row.get("conditions") or {}
    return [*conditions.get("all", []), *conditions.get("any", [])]


def macro(row: Row, m: Maker) -> None:
    row["actions"] = [{"field": "status", "value": "solved"}, {"field": "set_tags", "value": ["macro", TAGS[0]]}]
    row["restriction"] = None if m.index % 3 else {"type": "Group", "id": m.seed_ids.id_of("groups", m.index)}
    row["title"] = row["raw_title"] = f"{WORDS[m.index % 10].title()}::Macro {m.index + 1}"


def view(row: Row, m: Maker) -> None:
    condition = {"field": "status", "operator": "less_than", "value": "closed"}
    if m.index:
        condition = {"field": "group_id", "operator": "is", "value": str(m.seed_ids.id_of("groups", m.index))}
    columns = [{"id": "subject", "title": "Subject"}, {"id": "requester", "title": "Requester"}]
    row.update(
        conditions={"all": [condition], "any": []}, title=f"View {m.index + 1}", raw_title=f"View {m.index + 1}",
        execution={"columns": columns, "group_by": None, "sort_by": "created", "sort_order": "desc", "fields": columns},
        restriction=None, default=m.index == 0,
    )  # fmt: skip


def custom_field(row: Row, m: Maker) -> None:
    kind, key = kind_of(m.collection, m.index), key_of(m.collection, m.index)
    is_own = not is_standard(m.collection, m.index)
    row.update(type=kind, title=f"Field {m.index + 1}", raw_title=f"Field {m.index + 1}", relationship_filter={})
    row.update({name: key for name in ("key", "tag") if name in row})
    row.update({name: flag for name, flag in (("removable", is_own), ("system", not is_own)) if name in row})
    row["relationship_target_type"] = "zen:user" if kind == "lookup" else None
    for name in ("custom_statuses", "system_field_options", "custom_field_options"):
        if name in row:
            row[name] = []
    if "creator_user_id" in row:
        row["creator_user_id"] = m.seed_ids.agent(m.index)


def option(row: Row, m: Maker) -> None:
    row.update(name=f"Option {m.index + 1}", raw_name=f"Option {m.index + 1}", value=f"option_{m.index + 1}")


def brand(row: Row, m: Maker) -> None:
    name = f"brand{m.index + 1}" if m.index else "acme"
    open_to = "enabled" if m.index in HELP_CENTERS else "disabled"
    row.update(
        subdomain=name, brand_url=f"https://{name}.zendesk.com", is_deleted=False, help_center_state=open_to,
        has_help_center=m.index in HELP_CENTERS, default=m.index == 0,
        host_mapping=None if m.index % 2 else f"help{m.index + 1}.example.com", name=f"Brand {m.index + 1}",
    )  # fmt: skip
    if m.index % 3 == 1:
        row["logo"] = None


def rating(row: Row, m: Maker) -> None:
    """A satisfaction rating of a ticket of the same period; about nine of ten are good."""
    score = "offered" if m.index % 3 == 2 else "bad" if m.random.random() < 0.12 else "good"
    ticket = m.index * m.seed_ids.tickets // max(m.seed_ids.count(m.collection), 1)
    row.update(score=score, ticket_id=m.seed_ids.id_of("tickets", ticket))
    row.update(requester_id=m.seed_ids.end_user(m.index), assignee_id=m.seed_ids.agent(m.index))


def by_key(row: Row, m: Maker) -> None:
    row.update(key=m.id, title=f"Object {m.index + 1}", url=f"{HOST}/api/v2/custom_objects/{m.id}.json")
    row.update({name: str(m.seed_ids.agent(m.index)) for name in ("created_by_user_id", "updated_by_user_id")})


def record(row: Row, m: Maker) -> None:
    fields = values_by_key(m.seed_ids, "custom_object_fields", m.index, m.parent)
    row.update(name=f"Record {m.index + 1}", custom_object_fields=fields, external_id=f"record-{m.index + 1}")
    row.update({name: str(m.seed_ids.agent(m.index)) for name in ("created_by_user_id", "updated_by_user_id")})
    row["photo"] = None
    row["url"] = f"{HOST}/api/v2/custom_objects/{m.parent}/records/{m.id}.json"


def identity(row: Row, m: Maker) -> None:
    kind = ("email", "phone_number", "google", "facebook")[m.index % 4]
    value = f"+4930{m.index:07d}" if kind == "phone_number" else f"identity{m.index + 1}@example.com"
    row.update(type=kind, value=value, primary=kind == "email", verified=m.index % 5 != 2, verification_method="low")


def sla_policy(row: Row, m: Maker) -> None:
    metrics = (("first_reply_time", "reply_time"), ("requester_wait_time", "requester_wait_time"))
    row["title"] = slas.title(m.index)
    row["policy_metrics"] = [
        {"priority": priority, "metric": name, "target": minutes, "target_in_seconds": minutes * 60}
        | {"business_hours": False}
        for name, metric in metrics
        for priority in slas.REPLY
        for minutes in [slas.target(m.index, metric, priority)]
    ]


def item(row: Row, m: Maker) -> None:
    row.update(name=f"Item {m.index + 1}", placeholder=f"{{{{dc.item_{m.index + 1}}}}}", variants=[])
    row["default_locale_id"] = m.seed_ids.id_of("locales", 0)


def variant(row: Row, m: Maker) -> None:
    row.update(locale_id=m.seed_ids.id_of("locales", m.index), content=f"Content {m.index + 1}", default=m.index == 0)


def revision(row: Row, m: Maker) -> None:
    row["url"] = f"{HOST}/api/v2/triggers/{m.parent}/revisions/{m.id}.json"
    row["author_id"] = m.seed_ids.agent(m.index)
    row["created_at"] = iso(m.created)


def skip(row: Row, m: Maker) -> None:
    row.update(ticket_id=m.seed_ids.id_of("tickets", m.index), reason="I have no idea.", ticket=None)


def bookmark(row: Row, m: Maker) -> None:
    row.update(ticket={"id": m.seed_ids.id_of("tickets", m.index)})


def activity(row: Row, m: Maker) -> None:
    row.update(user_id=m.seed_ids.end_user(m.index), actor_id=m.seed_ids.agent(m.index), user=None, actor=None)
    row.update(verb=("tickets.assignment", "tickets.comment", "tickets.priority_increase")[m.index % 3])
    ticket = {"ticket": {"id": m.seed_ids.id_of("tickets", m.index), "subject": f"Ticket {m.index + 1}"}}
    row.update(target=ticket, object=ticket, created_at=iso(m.created), updated_at=iso(m.created))


def audit_log(row: Row, m: Maker) -> None:
    row.update(
        source_type=("user", "rule", "account_setting", "ticket")[m.index % 4], actor_id=m.seed_ids.agent(m.index)
    )
    row.update(action=("create", "update", "destroy", "login")[m.index % 4], created_at=iso(m.created))


def locale(row: Row, m: Maker) -> None:
    row.update(locale=(*LOCALES, "it", "nl", "sv")[m.index % 9] + ("" if m.index < 9 else f"-x{m.index}"))
    row["name"] = f"Language {m.index + 1}"


def suspended(row: Row, m: Maker) -> None:
    row.update(cause="Detected as spam", cause_id=m.index % 9 + 1, error_messages=[])
    row["attachments"] = [_suspended_file(m, place) for place in range((0, 2, 1)[m.index % 3])]
    row["author"] = {"id": m.seed_ids.end_user(m.index), "name": m.person(), "email": f"spam{m.index}@example.net"}
    row["ticket_id"] = None


def _suspended_file(m: Maker, place: int) -> Row:
    identifier = 60 * 10**12 + m.index * 10 + place
    url = f"{HOST}/attachments/token/s{identifier}/?name=scan.pdf"
    return {
        "id": identifier, "content_type": "application/pdf", "content_url": url, "file_name": "scan.pdf",
        "size": 2048 + place, "height": None, "width": None, "inline": False, "deleted": False, "thumbnails": [],
        "malware_access_override": False, "malware_scan_result": "malware_not_found", "mapped_content_url": url,
        "url": f"{HOST}/api/v2/attachments/{identifier}.json",
    }  # fmt: skip


def job(row: Row, m: Maker) -> None:
    row.update(status="completed", total=1, progress=1, message="Completed at 2024-05-06 15:02:40 UTC")
    row["results"] = {"success": True} if m.index % 4 == 0 else [{"id": m.index + 1, "index": 0}]
    row.update(job_type="Bulk Create Ticket", url=f"{HOST}/api/v2/job_statuses/{m.id}.json")


def installation(row: Row, m: Maker) -> None:
    row.update(app_id=m.seed_ids.id_of("sell_apps", m.index), settings={"title": f"App {m.index}"}, product="sell")
    row.update(pending_installation=False, pending_job_id=None, enabled=True)


def app(row: Row, m: Maker) -> None:
    row.update(name=f"App {m.index + 1}", visibility="private" if m.index % 2 else "public", owner_id=1)
    row["rating"] = {"average": m.index % 5 + 1, "count": {str(n): m.index % n for n in range(1, 6)}, "total_count": 9}
    if "locations" in row:
        row["locations"] = [1, 2, 7]
    for parameter in row["parameters"]:
        parameter.update(app_id=m.id, kind="text")


def category(row: Row, m: Maker) -> None:
    row.update(name=f"Category {m.index + 1}", position=m.index + 1)


Fixup = Callable[[Row, Maker], None]
FIXUPS: dict[str, Fixup] = {
    "activities": activity, "apps": app, "audit_logs": audit_log, "automations": rule, "bookmarks": bookmark,
    "brands": brand, "custom_object_fields": custom_field, "custom_object_records": record, "custom_objects": by_key,
    "dynamic_content_items": item, "dynamic_content_variants": variant, "group_memberships": membership,
    "groups": group, "job_statuses": job, "locales": locale, "macros": macro, "organization_fields": custom_field,
    "organization_memberships": membership, "organization_subscriptions": membership, "organizations": organization,
    "satisfaction_ratings": rating, "sell_apps": app, "sell_installations": installation,
    "sla_policies": sla_policy, "suspended_tickets": suspended,
    "ticket_field_options": option, "ticket_fields": custom_field, "ticket_skips": skip,
    "trigger_categories": category, "trigger_revisions": revision, "triggers": rule, "user_field_options": option,
    "user_fields": custom_field, "user_identities": identity, "users": user, "views": view,
}  # fmt: skip


fixup = register_as(FIXUPS)
"""Registers a function that makes generated rows of a product's collections consistent."""


def make_row(maker: Maker, shape: Row) -> Row:
    """A complete row: typed values, then the fixup of its collection, then the parent's id."""
    row = maker.row(shape)
    fix = FIXUPS.get(maker.collection)
    if fix:
        fix(row, maker)
    field = CHILDREN[maker.collection][1] if maker.parent is not None else ""
    if field in row:
        row[field] = str(maker.parent) if shape.get(field) == "str" else maker.parent
    return row
