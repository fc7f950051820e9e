"""What conversations are made of and what becomes of them, for every verb that handles them."""
