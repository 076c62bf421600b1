"""The account's data: collections of rows, their seed, and the clock."""
