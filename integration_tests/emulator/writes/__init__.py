"""What changes the account, at once or in a job."""
