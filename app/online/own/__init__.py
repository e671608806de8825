"""The pages on which a person tells how they join, and books a check of picture and sound."""
