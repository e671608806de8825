"""The organisers' pages on which places of visits are given to wishes."""
