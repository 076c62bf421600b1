"""Side conversations of tickets, and the account-wide stream of their events."""
