"""How the jobs that Zendesk does writes in are followed to their end."""
