"""Commands for developers that write generated pages."""
