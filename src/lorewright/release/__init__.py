"""Release: cards, bibliography, Croissant, and a signed manifest of everything."""
