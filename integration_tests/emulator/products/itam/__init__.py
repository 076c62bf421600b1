"""IT assets, their types, locations and statuses."""
