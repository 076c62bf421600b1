"""Commands for developers: generated pages, and the comparison with Zendesk's OpenAPI files."""
