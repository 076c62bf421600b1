"""The field that keeps what Zendesk sends and no schema declares."""

from typing import Any

UNDECLARED = "_undeclared"
UNDECLARED_PROPERTY: dict[str, Any] = {
    UNDECLARED: {
        "type": ["null", "object"],
        "additionalProperties": True,
        "description": "The fields that Zendesk sent and that this schema does not declare.",
    }
}
