"""Sends requests to Zendesk and classifies the responses. Imports `output`, `manifest` and the layers below."""
