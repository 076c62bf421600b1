"""Permission groups, content tags, redirects, themes, media and external content of help centers."""
