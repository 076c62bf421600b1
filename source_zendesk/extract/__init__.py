"""Reads records: paginators, extractors, cursors, partitions, transformations. Imports `http` and the layers below."""
