"""What an entry of the dictionary is, and how a request is refused with it. Pure.

Names are Authlib's error classes (RFC 6749 §4.1.2.1 and §5.2, OIDC Core §3.1.2.6). Sentences keep to the characters
that `error_description` may hold: ASCII without double quote and backslash.
"""

from dataclasses import dataclass

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidGrantError, InvalidRequestError, InvalidScopeError

REQUEST = str(InvalidRequestError.error)
CLIENT = str(InvalidClientError.error)
GRANT = str(InvalidGrantError.error)
SCOPE = str(InvalidScopeError.error)
TOKEN = "invalid_token"  # noqa: S105 - RFC 6750 §3.1


@dataclass(frozen=True)
class Fault:
    """One way to be refused. `code` never changes its meaning; `status` is for answers that are not redirects."""

    code: str
    error: str
    why: str
    mend: str
    status: int = 400


class Refused(Exception):
    """A request that is refused for `fault`; `detail` names what was received, where that helps and is harmless."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.code} {fault.error}: {fault.why} {detail}".rstrip())
        self.fault = fault
        self.detail = detail

    @property
    def description(self) -> str:
        """The text for `error_description`, code included."""
        return describe(self.fault)


def describe(fault: Fault) -> str:
    """Return why and what to do in one line; what was received stays out of it."""
    return f"{fault.why} {fault.mend} ({fault.code})"
