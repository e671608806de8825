"""The solver: a program of its own, `python -m app.planning.solve`, and the only place that loads OR-Tools.

It reads a Request as JSON and writes lines of JSON: that it is ready, Progress while it searches, and one Outcome at
the end. Once it is ready, SIGTERM means stop and keep the best. Nothing else imports this package; others go through
app.planning.running.
"""
