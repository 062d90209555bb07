"""What availability needs to know about where it runs: no more than the floor. Opening hours are data."""

from shared.config import Settings


class AvailabilitySettings(Settings):
    """The settings of the service."""
