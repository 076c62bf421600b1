"""What the account promises its customers: its SLA policies and their targets."""

from __future__ import annotations

POLICIES = ("Premium", "Standard", "Basic")
"""The first of the account's policies, which are those that apply to tickets."""
PACES = (1, 2, 4)
REPLY = {"urgent": 60, "high": 240, "normal": 480, "low": 1440}
"""Minutes to the first reply that the premium policy promises; a ticket without a priority has no target."""
WAITING = 80
"""A requester waits at most so many times as long in all."""


def title(policy: int) -> str:
    return POLICIES[policy] if policy < len(POLICIES) else f"Policy {policy + 1}"


def target(policy: int, metric: str, priority: str) -> int:
    """In minutes; `metric` is in the words of metric events."""
    minutes = REPLY[priority] * PACES[policy % len(PACES)]
    return minutes if metric == "reply_time" else minutes * WAITING
