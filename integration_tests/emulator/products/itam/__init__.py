"""IT assets, their types, places and statuses."""
