"""The type mappers of PyAirbyte and of Singer's SDK, run over the schemas in an environment of their own."""
