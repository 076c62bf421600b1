"""What the account holds: collections of rows, the seed that they grow from, and the clock that stamps them."""
