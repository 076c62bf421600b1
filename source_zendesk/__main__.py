"""Runs the console script: `python -m source_zendesk`."""

from source_zendesk.cli.fast_import import fast_import, limit_arenas, reduce_garbage_collection


def main() -> None:
    """Run a command; exits with 1 if it fails."""
    with fast_import():
        from source_zendesk.cli.run import run  # noqa: PLC0415  # this imports the CDK

    reduce_garbage_collection()
    limit_arenas()
    run()


if __name__ == "__main__":
    main()
