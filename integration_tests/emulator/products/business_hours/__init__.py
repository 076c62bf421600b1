"""Schedules and their holidays."""
