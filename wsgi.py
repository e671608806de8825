"""The application, as a server loads it: `granian --interface wsgi wsgi:application`, `flask --app wsgi ...`."""

import os
import sys

from app import create_app
from app.config import BadSetting, not_forgotten
from app.house import serve

try:
    not_forgotten(os.environ)
    application = create_app()
except BadSetting as no:
    sys.exit(str(no))
serve(application)
