"""Whether all rows arrived: the stream that tells, what Zendesk counts, and how the two are compared."""
