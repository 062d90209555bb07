"""The public dictionary of errors: /oauth/errors, and one page for each code (why, and what to do)."""

from flask.typing import ResponseReturnValue

from identity.oidc.faults.dictionary import ALL
from identity.oidc.faults.fault import Fault
from shared.auth import open_page
from shared.errors import not_found
from shared.web.shell.render import page

ERRORS = "/oauth/errors"
_EVERYBODY = "developers of apps read here what a code means; nothing on it is about anybody"

ENTRIES: dict[str, Fault] = {one.code: one for one in ALL}


def uri(issuer: str, fault: Fault) -> str:
    """Return the address of a fault's page, for `error_uri` (RFC 6749 §4.1.2.1 and §5.2)."""
    return f"{issuer}{ERRORS}/{fault.code}"


@open_page(_EVERYBODY)
def every_error() -> ResponseReturnValue:
    """Show every code."""
    return page("oidc/administration/errors.html", entries=list(ENTRIES.values()))


@open_page(_EVERYBODY)
def one_error(code: str) -> ResponseReturnValue:
    """Show one code; capital letters do not matter, as people type it from a screen."""
    entry = ENTRIES.get(code.upper())
    if entry is None:
        raise not_found()
    alike = [one for one in ENTRIES.values() if one.error == entry.error and one is not entry]
    return page("oidc/administration/error.html", entry=entry, alike=alike)
