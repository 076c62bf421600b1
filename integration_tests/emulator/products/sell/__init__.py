"""Sell: lists in envelopes, and the Firehose."""
