"""Records: what every noun of the house is made of."""
