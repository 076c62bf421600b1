"""Approvals and task lists."""
