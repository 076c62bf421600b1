"""Customer satisfaction surveys and the responses to them."""
