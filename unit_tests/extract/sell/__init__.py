"""Lists and events of Zendesk Sell."""
