"""The settings every service shares, and the loader that refuses instead of guessing.

A setting `GATEHOUSE_SECRET_KEY` may be given directly or as `GATEHOUSE_SECRET_KEY_FILE`, the path of a file that
holds it; giving both is an error. A `GATEHOUSE_*` name that no setting has is an error with a suggestion.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

PREFIX = "GATEHOUSE_"
_PASSWORD = re.compile(r"(?<=:)[^:/?#\s]*(?=@)")
S = TypeVar("S", bound="Settings")


class SettingsError(ValueError):
    """The environment does not describe a working service; the message lists every fault with its mend."""


class Settings(BaseModel):
    """What every service needs to know about where it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["production", "all-in-one", "test"] = Field(
        "production", description="The shape the service runs in; only the runtime looks at it."
    )
    public_url: str = Field(
        "http://localhost:8000", description="The one public origin; also the issuer. No trailing slash."
    )
    database_url: str = Field(description="Where the data lives: postgresql+psycopg://… or sqlite:///….")
    broker_url: str = Field(description="Where events travel: amqp://… or memory:.")
    cache_url: str = Field(description="Where short-lived facts live: redis://… or memory:.")
    secret_key: SecretStr = Field(
        description="At least 32 characters; encrypts secrets at rest and signs cookies. Several, separated by "
        "spaces: the first writes, all read."
    )
    service_client_secret: SecretStr = Field(
        SecretStr(""), description="The secret with which this service asks identity for its own tokens."
    )
    identity_url: str = Field("http://identity:8000", description="Where other services reach identity.")
    registration_url: str = Field("http://registration:8000", description="Where other services reach registration.")
    access_manager_url: str = Field(
        "http://access-manager:8000", description="Where other services reach access-manager."
    )
    availability_url: str = Field("http://availability:8000", description="Where other services reach availability.")
    brand: str = Field("Gatehouse", description="The name that people see on every page and mail.")
    help_phone: str = Field("1-800-555-0100", description="The support desk's telephone number, shown on every page.")
    languages: tuple[str, ...] = Field(("en", "es"), description="Languages offered, the default first.")
    mail_from: str = Field("Gatehouse <no-reply@gatehouse.example>", description="The sender of every mail.")
    smtp_url: str = Field("", description="smtp://user:password@host:port (or smtps://); empty: mail is held back.")
    sms_url: str = Field("", description="Address that takes POST {to, text}; empty: text messages are held back.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    trusted_proxies: int = Field(1, ge=0, le=5, description="How many reverse proxies stand in front, exactly.")
    event_delivery_limit: int = Field(5, ge=1, le=100, description="Deliveries of one event before it is parked.")

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
            raise ValueError("must be an origin such as https://auth.example.com, without path or trailing slash")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, value: SecretStr) -> SecretStr:
        if any(len(key) < 32 for key in value.get_secret_value().split() or [""]):
            raise ValueError("each key must have at least 32 characters")
        return value

    @property
    def secret_keys(self) -> list[bytes]:
        """The keys of `secret_key`, the writing one first."""
        return [key.encode() for key in self.secret_key.get_secret_value().split()]

    @property
    def older_keys_needed(self) -> str:
        """Why keys behind the first one are needed for more than what they sealed; empty where they are not."""
        return ""

    def shown(self) -> dict[str, str]:
        """Every setting as people may see it: secrets, and the passwords inside of addresses, are hidden."""
        return {name: _PASSWORD.sub("•••", str(value)) for name, value in self}

    def __repr_args__(self) -> Iterable[tuple[str | None, str]]:
        """Hide the same in `repr` and `str`, which end up in tracebacks."""
        return [*self.shown().items()]

    @property
    def secure(self) -> bool:
        """True where the public origin is https, so cookies carry `Secure` and the `__Host-` prefix."""
        return self.public_url.startswith("https://")


def load(kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Read settings of `kind` from `environ` (the process's by default); raises SettingsError naming every fault."""
    given = os.environ if environ is None else environ
    names = {name: PREFIX + name.upper() for name in kind.model_fields}
    values, faults = _read(names, given)
    faults += _unknown(set(names.values()), given)
    try:
        settings = kind.model_validate(values)
    except ValidationError as error:
        faults += [f"{names.get(str(e['loc'][0]), e['loc'])}: {e['msg']}" for e in error.errors() if e["loc"]]
        raise _mend(faults) from error
    if faults:
        raise _mend(faults)
    return settings


def _mend(faults: list[str]) -> SettingsError:
    return SettingsError("The settings need mending:\n" + "\n".join(f"  - {fault}" for fault in faults))


def unsafe_values(settings: Settings) -> list[str]:
    """Sentences on every value that is fine at home and dangerous in production."""
    found = []
    if not settings.secure:
        found.append("GATEHOUSE_PUBLIC_URL is http: cookies travel unprotected. Use https outside this machine.")
    if settings.mode != "production":
        found.append(f"GATEHOUSE_MODE is {settings.mode}: meant for trials, not for people's data.")
    if not settings.smtp_url:
        found.append("GATEHOUSE_SMTP_URL is empty: no mail leaves, so nobody can prove an address.")
    return found


def _read(names: Mapping[str, str], given: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
    values: dict[str, object] = {}
    faults = []
    for field, variable in names.items():
        file_variable = variable + "_FILE"
        if variable in given and file_variable in given:
            faults.append(f"{variable} and {file_variable} are both set: keep one.")
        elif variable in given:
            values[field] = _typed(field, given[variable])
        elif file_variable in given:
            path = Path(given[file_variable])
            if path.is_file():
                values[field] = _typed(field, path.read_text(encoding="utf-8").strip())
            else:
                faults.append(f"{file_variable}: there is no readable file at {path}.")
    return values, faults


def _typed(field: str, text: str) -> object:
    return tuple(text.replace(",", " ").split()) if field == "languages" else text


def _unknown(known: set[str], given: Mapping[str, str]) -> list[str]:
    faults = []
    for name in sorted(given):
        if name.startswith(PREFIX) and name.removesuffix("_FILE") not in known and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            faults.append(f"{name} is not a setting." + (f" Did you mean {close[0]}?" if close else ""))
    return faults
