"""What was said in messaging, by ticket and by conversation."""
