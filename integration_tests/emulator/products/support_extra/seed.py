"""Fixups that make the rows of this product consistent."""

from __future__ import annotations

from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker

LAYOUTS = ("zen:user", "zen:ticket", "zen:organization")


@fixup("brand_agents")
def brand_agent(row: Row, m: Maker) -> None:
    row.update(brand_id=m.seed_ids.id_of("brands", m.index), user_id=m.seed_ids.agent(m.index))


@fixup("deletion_schedules")
def deletion_schedule(row: Row, _: Maker) -> None:
    row["conditions"] = {"all": [{"field": "updated_at", "operator": "greater_than", "value": "365"}], "any": []}


@fixup("email_notifications")
def email_notification(row: Row, m: Maker) -> None:
    row.update(notification_id=m.id, ticket_id=m.seed_ids.id_of("tickets", m.index), email_id=f"email-{m.index + 1}")


@fixup("organization_merges")
def organization_merge(row: Row, m: Maker) -> None:
    row["winner_id"] = m.seed_ids.id_of("organizations", m.index + 5)


@fixup("ticket_form_statuses")
def form_status(row: Row, m: Maker) -> None:
    row["custom_status_id"] = m.seed_ids.id_of("custom_statuses", m.index)


@fixup("ticket_content_pins")
def content_pin(row: Row, m: Maker) -> None:
    row.update(id=m.id, ticket_id=str(m.seed_ids.id_of("tickets", m.index)))


@fixup("remote_authentications")
def remote_authentication(row: Row, m: Maker) -> None:
    row.update(masked_secret="*" * 8, masked_client_secret="*" * 8, brand_id=m.seed_ids.id_of("brands", m.index))


@fixup("object_layouts")
def object_layout(row: Row, m: Maker) -> None:
    row.update(key=LAYOUTS[m.index % len(LAYOUTS)], fields=[{"id": "name"}])


@fixup("api_tokens")
def api_token(row: Row, m: Maker) -> None:
    row["token"] = f"api-token-{m.index + 1}"


@fixup("countries")
def country(row: Row, m: Maker) -> None:
    row.update(code=f"{chr(65 + m.index // 26)}{chr(65 + m.index % 26)}", name=f"Country {m.index + 1}")
