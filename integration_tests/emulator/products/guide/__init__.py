"""Who may edit, tags, redirects, themes, files and external content of help centers."""
