"""Calls and their legs, phone lines, greetings, menus, and the figures of today."""
