"""What messages pass on their way out of the process."""
