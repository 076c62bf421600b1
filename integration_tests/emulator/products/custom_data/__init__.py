"""Custom objects beyond their records: the export, rules, policies, files, events and triggers."""
