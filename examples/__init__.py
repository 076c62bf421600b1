"""Files to copy: each stands alone, and needs the console script and nothing else of this project."""
