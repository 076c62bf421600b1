"""Components of the manifest that YAML cannot express, one role a module."""
