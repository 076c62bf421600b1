"""Topics, posts and their comments, for each brand, and the badges of their authors."""
