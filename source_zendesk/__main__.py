"""`python -m source_zendesk` is the console script."""

from source_zendesk.protocol.quick_start import starts_quickly


def main() -> None:
    """Run a command of the Airbyte protocol; exits with 1 when it fails."""
    with starts_quickly():
        from source_zendesk.protocol.run import run  # noqa: PLC0415  # here is where the CDK is imported

    run()


if __name__ == "__main__":
    main()
