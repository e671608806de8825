"""The application, as a server loads it: `granian --interface wsgi wsgi:application`, `flask --app wsgi ...`."""

from app import create_app
from app.house import serve

application = create_app()
serve(application)
