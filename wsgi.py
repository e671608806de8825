"""The application, as a server loads it: `granian --interface wsgi wsgi:application`, `flask --app wsgi ...`."""

import sys

from app import create_app
from app.config import BadSetting
from app.house import serve

try:
    application = create_app()
except BadSetting as no:
    sys.exit(str(no))
serve(application)
