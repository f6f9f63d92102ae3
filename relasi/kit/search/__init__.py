"""One index over every noun, one box: words by prefix, inside, misspelt; phones however typed."""
