"""What gunicorn serves: `registration.wsgi:app`."""

from registration.app import SERVICE
from shared.runtime import web_from_environment

app = web_from_environment(SERVICE)
