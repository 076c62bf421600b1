"""`python -m source_zendesk` is the console script."""

from source_zendesk.protocol.run import run

if __name__ == "__main__":
    run()
