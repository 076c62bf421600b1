"""Calls and their legs, phone lines, greetings, IVR menus, and current statistics."""
