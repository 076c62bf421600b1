"""The stream `reconciliation`: compares received rows with Zendesk's counts."""
