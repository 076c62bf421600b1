"""`python -m integration_tests.emulator`: serves an account for a connector.

Prints the connector's config to stdout, and everything else to stderr.
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
    parser.add_argument("--port", type=int, default=8888, help="0 selects a free port")
    parser.add_argument("--tickets", type=int, default=230)
    parser.add_argument("--rows", type=int, default=230, help="rows of every other object")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plan", default="enterprise")
    parser.add_argument("--role", default="admin")
    parser.add_argument("--warm", action="store_true", help="serialize all tickets at startup, for benchmarks")
    parser.add_argument("--requests-per-minute", type=int, help="enables the rate limits")
    parser.add_argument("--exports-per-minute", type=int, help="limit of all incremental exports together")
    parser.add_argument("--fault", action="append", default=[], metavar="PATH:STATUS[:NAME=VALUE...]")
    return parser


def _fault(text: str) -> dict[str, Any]:
    """`incremental/tickets*:504:times=3` as the arguments of `Faults.add`; STATUS may be a kind of fault."""
    path, kind, *pairs = text.split(":")
    options: dict[str, Any] = {"status": int(kind)} if kind.isdigit() else {"kind": kind}
    for pair in pairs:
        name, _, value = pair.partition("=")
        options[name] = float(value) if "." in value else int(value) if value.isdigit() else value
    return {"path": path, **options}


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    options = _arguments().parse_args(arguments)
    emulator = _emulator(options)
    with ExitStack() as stack:
        try:
            stack.enter_context(emulator)
        except OSError as error:
            sys.exit(f"port {options.port} cannot be served ({error.strerror}): make emulator PORT=0 takes a free one")
        print(json.dumps(emulator.config(credentials=emulator.client_credentials), indent=2), flush=True)
        print(f"serving {emulator.base_url} until interrupted; the config on stdout is complete", file=sys.stderr)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.exit(0)


def _emulator(options: argparse.Namespace) -> Emulator:
    """The account that the command line describes."""
    emulator = Emulator(
        seed=options.seed,
        rows=options.rows,
        tickets=options.tickets,
        port=options.port,
        plan=options.plan,
        role=options.role,
        warm=options.warm,
    )
    if options.requests_per_minute or options.exports_per_minute is not None:
        emulator.limits.set(
            requests_per_minute=options.requests_per_minute, exports_per_minute=options.exports_per_minute
        )
    for fault in options.fault:
        emulator.faults.add(**_fault(fault))
    return emulator


if __name__ == "__main__":
    main()
