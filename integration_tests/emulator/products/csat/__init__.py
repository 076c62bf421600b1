"""Answers to customer satisfaction surveys."""
