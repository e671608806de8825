"""The application, as a server loads it: `granian --interface wsgi wsgi:application`, `flask --app wsgi ...`."""

from app import create_app
from app.house import settle

application = create_app()
settle()
