"""The path of messages to stdout: page transport, statistics, schema drift, redaction, state flush barrier."""
