"""What the user gives: the configuration and what it asks for, checked before anything is sent."""
