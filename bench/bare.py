"""The yardstick over HTTP: a Flask application that returns a short text, served as Plenary is."""

from __future__ import annotations

from flask import Flask

application = Flask("bare")
application.add_url_rule("/", view_func=lambda: "Hello", endpoint="hello")
