"""The service catalog for employees."""
