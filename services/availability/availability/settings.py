"""What availability needs to know about where it runs: little more than the floor. Opening hours are data."""

from pydantic import Field, SecretStr, field_validator

from shared.config import Settings


class AvailabilitySettings(Settings):
    """The settings of the service."""

    probe_pass: SecretStr = Field(
        SecretStr(""),
        description="What synthetic monitors send as X-Gatehouse-Pass to go through a maintenance that lets probes "
        "pass; at least 32 characters. Several, separated by spaces: all are taken. Empty: none passes.",
    )

    @field_validator("probe_pass")
    @classmethod
    def _cannot_be_guessed(cls, value: SecretStr) -> SecretStr:
        if any(len(one) < 32 for one in value.get_secret_value().split()):
            raise ValueError("each pass must have at least 32 characters")
        return value

    @property
    def probe_passes(self) -> tuple[bytes, ...]:
        """Every pass that is taken."""
        return tuple(one.encode() for one in self.probe_pass.get_secret_value().split())
