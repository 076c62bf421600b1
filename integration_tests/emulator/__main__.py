"""`python -m integration_tests.emulator`: an account to point a connector at.

The config of a connector that reads it goes to stdout, whatever else to say to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from contextlib import ExitStack
from typing import Any

from integration_tests.emulator.emulator import Emulator


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m integration_tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8888, help="0 picks a free one")
    parser.add_argument("--tickets", type=int, default=230)
    parser.add_argument("--rows", type=int, default=230, help="how many of every other object")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plan", default="enterprise")
    parser.add_argument("--role", default="admin")
    parser.add_argument("--warm", action="store_true", help="serialise all tickets beforehand, for benchmarks")
    parser.add_argument("--requests-per-minute", type=int, help="switches the rate limits on")
    parser.add_argument("--exports-per-minute", type=int, help="of all incremental exports together")
    parser.add_argument("--fault", action="append", default=[], metavar="PATH:STATUS[:NAME=VALUE...]")
    return parser


def _fault(text: str) -> dict[str, Any]:
    """`incremental/tickets*:504:times=3` as the arguments of `Faults.add`; STATUS may be a kind of fault."""
    path, what, *more = text.split(":")
    known: dict[str, Any] = {"status": int(what)} if what.isdigit() else {"kind": what}
    for pair in more:
        name, _, value = pair.partition("=")
        known[name] = float(value) if "." in value else int(value) if value.isdigit() else value
    return {"path": path, **known}


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    given = _arguments().parse_args(arguments)
    emulator = _made(given)
    with ExitStack() as served:
        try:
            served.enter_context(emulator)
        except OSError as error:
            sys.exit(f"port {given.port} cannot be served ({error.strerror}): make emulator PORT=0 takes a free one")
        print(json.dumps(emulator.config(credentials=emulator.client_credentials), indent=2), flush=True)
        print(f"serving {emulator.base_url} until interrupted; the config on stdout is whole", file=sys.stderr)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.exit(0)


def _made(given: argparse.Namespace) -> Emulator:
    """The account that the command line describes."""
    emulator = Emulator(
        seed=given.seed,
        rows=given.rows,
        tickets=given.tickets,
        port=given.port,
        plan=given.plan,
        role=given.role,
        warm=given.warm,
    )
    if given.requests_per_minute or given.exports_per_minute is not None:
        emulator.limits.set(requests_per_minute=given.requests_per_minute, exports_per_minute=given.exports_per_minute)
    for fault in given.fault:
        emulator.faults.add(**_fault(fault))
    return emulator


if __name__ == "__main__":
    main()
