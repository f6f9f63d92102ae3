"""Pages of the catalogue that a declaration cannot say."""
