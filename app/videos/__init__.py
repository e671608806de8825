"""Video messages: what cities owe, send and replace, what is measured of it, and what of it is shown."""
