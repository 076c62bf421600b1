"""How actions are sent: at most once, and told before."""
