"""What an operator sees of a running service: JSON logs, health, metrics.

Owns: log shape, request ids, `/healthz`, `/readyz`, `/metrics` (on the service's own port, never on the public
origin). Offers: `configure_logs`, `install`. Refuses to know: people.
"""

from shared.observability.health import install_health
from shared.observability.logs import configure_logs
from shared.observability.requests import install_requests

__all__ = ["configure_logs", "install_health", "install_requests"]
