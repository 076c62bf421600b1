"""Passes messages to stdout: page transport, statistics, schema drift, redaction, the state flush barrier."""
