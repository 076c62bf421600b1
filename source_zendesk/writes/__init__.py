"""Sends actions at most once, with a write-ahead ledger and job polling. Imports `extract` and the layers below."""
