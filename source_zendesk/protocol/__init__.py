"""What speaks the Airbyte protocol: the console script, its commands, and how the process ends."""
