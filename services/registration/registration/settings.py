"""What registration can be told by its operator, on top of what every service knows (`shared.config`)."""

from datetime import timedelta

from pydantic import Field, SecretStr

from shared.config import Settings


class RegistrationSettings(Settings):
    """The settings of registration."""

    tin_index_key: SecretStr = Field(
        SecretStr(""),
        description="Key of the index that finds encrypted TINs. Empty: the last key of secret_key; set it to that "
        "key before removing the key, or stored TINs are no longer found.",
    )
    draft_hours: int = Field(
        24, ge=1, le=168, description="How long an application may rest unfinished before it is cleared away."
    )
    desk_hours: str = Field(
        "Monday to Friday, 8:00 a.m. to 5:00 p.m. Eastern", description="When the support desk answers the telephone."
    )
    directory_url: str = Field(
        "",
        pattern=r"^(https://[^\s?#]+|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s?#]*)?)?$",
        description="Address at which the payer tells what its directory says of a TIN (docs/guides/directory.md); "
        "empty: imports alone tell it. https, or http on this machine.",
    )
    directory_token: SecretStr = Field(SecretStr(""), description="Bearer token for directory_url.")

    @property
    def draft_life(self) -> timedelta:
        """How long an unfinished application is kept."""
        return timedelta(hours=self.draft_hours)

    @property
    def older_keys_needed(self) -> str:
        """The last key is that of the index, where the index has none of its own."""
        alone = bool(self.tin_index_key.get_secret_value()) or len(self.secret_keys) == 1
        return "" if alone else "TINs are found by the last one, give it to GATEHOUSE_TIN_INDEX_KEY first"

    @property
    def tin_key(self) -> bytes:
        """The key of the blind index of TINs."""
        return self.tin_index_key.get_secret_value().encode() or self.secret_keys[-1]
