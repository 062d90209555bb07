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
    payer_mail: str = Field(
        "",
        pattern=r"^([^@\s]+@[^@\s]+)?$",
        description="Where the payer is written to the moment somebody takes up emergency access, and when the only "
        "access manager of an organization has not signed in for long; empty: the events alone tell it.",
    )
    dormancy_days: int = Field(
        365,
        ge=60,
        le=3650,
        description="After how many days without a sign-in a person's access is suspended; told 30 days before.",
    )
    dormancy_removal_days: int = Field(
        365, ge=30, le=3650, description="How many days after that suspended access is removed for good."
    )
