"""What an action is: its request, what it carries, and what tells it from others."""
