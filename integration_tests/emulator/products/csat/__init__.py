"""Responses to customer satisfaction surveys."""
