"""Stores renewed tokens in the credentials, and prints the configuration that contains them."""

import json
import sys
import threading
from collections.abc import Mapping
from typing import Any

from airbyte_cdk.config_observation import create_connector_config_control_message
from airbyte_cdk.models import AirbyteMessageSerializer

from source_zendesk.http.session import credentials_field

# Where the parsed configuration contains the one that the user gave.
AS_GIVEN = "given"
RENEWED = ("access_token", "refresh_token", "token_expiry_date")
# The printed configuration has the renewed tokens of all accounts, and the last one replaces all before.
_lock = threading.Lock()


def store_renewed(config: Mapping[str, Any], tokens: Mapping[str, str]) -> None:
    """Store `tokens` in the credentials of `config`, and print the configuration of the user with them.

    It may contain what only the standard library writes as JSON: half a surrogate pair, an integer beyond 64 bits.
    Thread-safe.
    """
    given, field, credentials = config.get(AS_GIVEN, config), credentials_field(config), config["credentials"]
    renewed = config.get("renewed", {})
    with _lock:
        credentials.update(tokens)
        renewed[field] = {name: credentials[name] for name in RENEWED if name in credentials}
        printed = {**given, **{name: {**given[name], **latest} for name, latest in renewed.items()}}
        message = AirbyteMessageSerializer.dump(create_connector_config_control_message(printed))
        # In one write, which another thread cannot part.
        sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")
        sys.stdout.flush()
