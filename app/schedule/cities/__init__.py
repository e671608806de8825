"""Cities in sessions: who appears where, in which order, for how long."""
