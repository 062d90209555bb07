"""What gunicorn loads."""

from identity.app import SERVICE
from shared.runtime import web_from_environment

app = web_from_environment(SERVICE)
