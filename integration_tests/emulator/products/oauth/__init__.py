"""OAuth clients and tokens, with their secrets."""
