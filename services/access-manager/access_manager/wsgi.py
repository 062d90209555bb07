"""What gunicorn loads: `access_manager.wsgi:app`."""

from access_manager.app import SERVICE
from shared.runtime import web_from_environment

app = web_from_environment(SERVICE)
