"""What requests have in common: what answers mean, how long to wait, and the rate limits."""
