"""`python -m source_zendesk` is the console script."""

from source_zendesk.run import run

if __name__ == "__main__":
    run()
