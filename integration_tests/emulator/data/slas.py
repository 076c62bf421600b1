"""The account's SLA policies and their targets."""

from __future__ import annotations

POLICIES = ("Premium", "Standard", "Basic")
"""The first policies of the account; only these apply to tickets."""
PACES = (1, 2, 4)
REPLY = {"urgent": 60, "high": 240, "normal": 480, "low": 1440}
"""First reply targets of the premium policy in minutes; a ticket without a priority has no target."""
WAITING = 80
"""The requester wait time target as a multiple of the first reply target."""


def title(policy: int) -> str:
    return POLICIES[policy] if policy < len(POLICIES) else f"Policy {policy + 1}"


def target(policy: int, metric: str, priority: str) -> int:
    """The target in minutes; `metric` is a metric name of metric events."""
    minutes = REPLY[priority] * PACES[policy % len(PACES)]
    return minutes if metric == "reply_time" else minutes * WAITING
