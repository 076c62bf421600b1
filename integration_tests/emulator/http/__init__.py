"""HTTP: the server, dispatch, credentials, rate limits and faults."""
