"""The office of a city: what its focal point sees and does for the delegation."""
