"""Articles, sections and categories with their children, for each brand with a help center."""
