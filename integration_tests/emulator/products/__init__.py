"""Each product of Zendesk beside the next: its endpoints, its shapes, and what only it does."""
