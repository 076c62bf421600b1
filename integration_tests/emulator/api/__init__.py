"""What every answer is made with: the endpoints, the account, a call to it, replies and errors."""
