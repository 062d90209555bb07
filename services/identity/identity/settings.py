"""What identity can be told by its operator, on top of what every service knows (`shared.config`)."""

from datetime import timedelta

from pydantic import Field

from shared.config import Settings


class IdentitySettings(Settings):
    """The settings of identity. Defaults follow NIST SP 800-63B-4; see docs/configuration.md."""

    hash_memory_kib: int = Field(19456, ge=8, description="Memory of one password hash (Argon2id), in KiB.")
    hash_passes: int = Field(2, ge=1, description="Passes of one password hash (Argon2id).")
    hash_slots: int = Field(
        0, ge=0, le=64, description="Password hashes computed at once by one process; 0 means one for each core."
    )
    hash_queue: int = Field(
        32, ge=1, description="Sign-ins that may wait for a free hash slot before the next is told to come back."
    )
    session_hours: int = Field(
        12, ge=1, le=24, description="Longest life of a sign-in, however busy (SP 800-63B-4 §2.2.3: at most 24)."
    )
    session_idle_minutes: int = Field(
        60, ge=5, le=60, description="A sign-in ends after this long without use (SP 800-63B-4 §2.2.3: at most 60)."
    )
    activation_days: int = Field(3, ge=1, le=30, description="How long the link works that opens an account.")
    lock_minutes: int = Field(15, ge=15, le=30, description="How long an account rests after repeated failures.")
    lock_failures: int = Field(10, ge=6, le=100, description="Failures in a row before the account rests.")

    @property
    def session_life(self) -> timedelta:
        """The longest life of a sign-in."""
        return timedelta(hours=self.session_hours)

    @property
    def session_idle(self) -> timedelta:
        """How long a sign-in survives without use."""
        return timedelta(minutes=self.session_idle_minutes)
