"""The size of an account with a number of tickets, as docs/streams.md assumes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from source_zendesk.manifest import ParentRef

CHANGED_A_DAY = 0.003
"""The part of the rows of a list that is added or changed in a day."""


@dataclass(frozen=True)
class Assumption:
    """`fixed` rows in every account, and `per_ticket` more for each ticket, in the lists of `streams`."""

    objects: str
    streams: tuple[str, ...]
    fixed: int = 0
    per_ticket: float = 0

    def rows(self, tickets: int) -> int:
        """The rows in an account with this number of tickets."""
        return self.fixed + round(self.per_ticket * tickets)


AGENTS = Assumption(
    "agents",
    ("agent_availabilities", "brand_agents", "capacity_rule_assignees", "dashboard_agent_activity",
        "list_available_agents", "sessions"),
    30, 0.001,
)  # fmt: skip
HELP_CENTERS = Assumption("brands with a help center", (), 1)
OTHERS = Assumption("every other list", (), 100)
ASSUMPTIONS = (
    Assumption("tickets", ("tickets",), per_ticket=1),
    Assumption("ticket events", ("ticket_events",), per_ticket=6),
    Assumption("ticket metric events", ("ticket_metric_events",), per_ticket=10),
    Assumption("users", ("users",), per_ticket=0.2),
    Assumption("organizations", ("organizations",), per_ticket=0.02),
    Assumption("organization memberships", ("organization_memberships",), per_ticket=0.2),
    AGENTS,
    Assumption("group memberships", ("group_memberships",), 90, 0.003),
    Assumption("audit logs, activities", ("audit_logs", "ticket_activities"), per_ticket=0.05),
    Assumption("access logs", ("access_logs",), per_ticket=1),
    Assumption("satisfaction ratings, survey responses", ("csat_survey_responses", "satisfaction_ratings"),
        per_ticket=0.05),
    Assumption("engagements of 90 days", ("engagements",), per_ticket=0.08),
    Assumption("calls", ("calls",), per_ticket=0.05),
    Assumption("legs of calls", ("call_legs",), per_ticket=0.1),
    Assumption("events of side conversations", ("side_conversation_events",), per_ticket=0.05),
    Assumption("records of custom objects", ("custom_object_records", "export_custom_object_records"),
        per_ticket=0.05),
    Assumption("invocations of webhooks in seven days", ("webhook_invocations",), per_ticket=0.01),
    Assumption("deleted tickets of 30 days, skips, links to Jira", ("deleted_tickets", "jira_links", "ticket_skips"),
        per_ticket=0.001),
    Assumption("deleted users", ("deleted_users",), per_ticket=0.002),
    Assumption("suspended tickets of 14 days", ("suspended_tickets",), per_ticket=0.001),
    Assumption("articles", ("articles", "list_articles"), 100, 0.001),
    Assumption("posts of the community", ("posts",), per_ticket=0.001),
    Assumption("votes", ("votes",), per_ticket=0.01),
    Assumption("tags", ("tags",), 1000),
    Assumption("macros, triggers", ("macros", "triggers"), 200),
    Assumption("groups, sections", ("groups", "sections"), 50),
    Assumption("user fields, topics, webhooks", ("topics", "user_fields", "webhooks"), 20),
    Assumption("asset types, phone numbers, skill types, templates of task lists",
        ("account_attributes", "itam_asset_types", "phone_numbers", "task_list_templates"), 10),
    Assumption("custom objects, installed Sell apps, languages of a help center, own apps, schedules",
        ("custom_objects", "help_center_locales", "owned_apps", "schedules", "sell_app_installations"), 5),
    Assumption("brands", ("brands",), 3),
    HELP_CENTERS,
    OTHERS,
)  # fmt: skip
"""The rows of an account that uses every product, in the order of the page."""
ASSUMPTION_OF = {stream: each for each in ASSUMPTIONS for stream in each.streams}


@dataclass(frozen=True)
class AssumedAccount:
    """An account with a number of tickets."""

    tickets: int

    def rows(self, stream: str, query: Mapping[str, object]) -> int:
        """The assumed rows of a list; the only query of a parent selects the agents among the users."""
        return (AGENTS if "role[]" in query else ASSUMPTION_OF.get(stream, OTHERS)).rows(self.tickets)

    def changes(self, stream: str) -> float:
        """The rows that are added or changed in a day."""
        return self.rows(stream, {}) * CHANGED_A_DAY

    def parents(self, parent: ParentRef, *, only_changes: bool) -> float:
        """All rows of the parent stream, whatever conditions they meet, but only the brands with a help center."""
        if "has_help_center" in parent.unless:
            return HELP_CENTERS.rows(self.tickets)
        return self.changes(parent.stream) if only_changes else self.rows(parent.stream, parent.query)
