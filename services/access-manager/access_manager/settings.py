"""What access-manager needs to know about where it runs, beyond the floor."""

from pydantic import Field

from shared.config import Settings


class AccessManagerSettings(Settings):
    """The settings of the service. The limits of managers are rules of the domain, not settings."""

    trial_tenant: str = Field(
        "",
        description="Path of a JSON file with subjects, resources and rules of a trial tenant, to prove a deployment "
        "against AuthZEN's certification scenario. Empty: none.",
    )
