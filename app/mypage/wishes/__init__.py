"""A person's page of wishes for visits."""
