"""Tickets linked to Jira issues."""
