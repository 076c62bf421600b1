"""Runs the type mappers of PyAirbyte and Singer's SDK over the schemas, in a separate environment."""
