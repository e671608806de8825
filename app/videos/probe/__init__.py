"""A program of its own that measures a file which a stranger sent, so that no crash of the decoder ends a worker."""
