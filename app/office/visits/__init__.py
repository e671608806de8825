"""The office signs its people up for visits, answers offers and gives places back for them."""
