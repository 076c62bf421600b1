"""Benchmarks of the connector, of Airbyte's connector and of the floor, the minimum cost of the same work."""
