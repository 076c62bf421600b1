"""Paginators of Chat."""
