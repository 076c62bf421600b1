"""Agents' availability and skills, capacity, queues and engagements."""
