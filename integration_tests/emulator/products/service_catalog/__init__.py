"""What employees may ask for."""
