"""The data export of AI agents."""
