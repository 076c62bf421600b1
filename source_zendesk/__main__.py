"""`python -m source_zendesk` is the console script."""

from source_zendesk.cli.fast_import import fast_import


def main() -> None:
    """Run a command of the Airbyte protocol; exits with 1 when it fails."""
    with fast_import():
        from source_zendesk.cli.run import run  # noqa: PLC0415  # here is where the CDK is imported

    run()


if __name__ == "__main__":
    main()
