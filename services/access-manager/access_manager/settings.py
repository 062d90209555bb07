"""What access-manager needs to know about where it runs, beyond the floor."""

from shared.config import Settings


class AccessManagerSettings(Settings):
    """The settings of the service. The limits of managers are rules of the domain, not settings."""
