"""From a refusal to a note: which client it was, and what of its request may be kept.

Nothing secret is kept: of all parameters only those in `SHOWN`, and of addresses the names in their query, not the
values. What the caller says of itself is only a claim here, so a note never says who was wrong.
"""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import orjson

from identity.oidc.clients.policy import BASIC, NONE, POST, PRIVATE_KEY_JWT
from identity.oidc.failures.comparing import AUTH_METHOD, RESOURCE
from identity.oidc.failures.recorder import Example, Recorder
from identity.oidc.faults import asking, calling, people, tokens
from identity.oidc.faults.fault import Fault, Refused
from identity.oidc.parameters import Parameters
from identity.oidc.provider import Provider
from shared.service import Context

SHOWN = (
    "redirect_uri",
    "post_logout_redirect_uri",
    "response_type",
    "response_mode",
    "grant_type",
    "scope",
    "code_challenge_method",
    "prompt",
    "max_age",
    "acr_values",
    "subject_token_type",
    "requested_token_type",
    "client_assertion_type",
)
# What happens where nothing is wrong: the person is not there yet, or says no; the device waits; a nonce is handed out.
_NO_FAILURE = frozenset(
    fault.code
    for fault in (
        people.LOGIN_REQUIRED,
        people.STEP_UP_REQUIRED,
        people.ORGANIZATION_REQUIRED,
        people.TERMS_NOT_ACCEPTED,
        asking.CONSENT_REQUIRED,
        asking.CONSENT_DENIED,
        tokens.DEVICE_WAITS,
        tokens.DEVICE_DENIED,
        tokens.NONCE_WANTED,
    )
)
# Where the detail of a refusal is a sentence of ours; elsewhere it quotes what came, which may be anything.
_OUR_WORDS = frozenset(
    fault.code
    for fault in (calling.CLIENT_REFUSED, calling.TWO_METHODS, calling.PARAMETER_MISSING, tokens.SUBJECT_TYPE)
)
_LONGEST = 300
_LONGEST_CLAIM = 6000


def note(
    place: Context, client_id: str | None, fault: Fault, where: str, received: Mapping[str, str], detail: str = ""
) -> None:
    """Note a refusal, where it is a failure and its client is registered."""
    if client_id is None or not client_id.isprintable() or fault.code in _NO_FAILURE:
        return
    if place.part(Provider).clients.find(client_id) is None:
        return
    told = printable(detail) if fault.code in _OUR_WORDS else ""
    place.part(Recorder).note(client_id, fault.code, Example(where, dict(received), told))


def of_program(place: Context, refused: Refused, where: str, header: str | None, asked: Parameters) -> None:
    """Note what an endpoint for clients refused; `header` is its Authorization."""
    received = shown(asked) | {AUTH_METHOD: _method(header, asked)}
    note(place, _claimed(header, asked), refused.fault, where, received, refused.detail)


def shown(asked: Parameters) -> dict[str, str]:
    """Return what of a request may be kept, each text cut to what a page can show."""
    kept = {name: value for name in SHOWN if (value := asked.get(name)) is not None}
    if asked.resources:
        kept[RESOURCE] = " ".join(asked.resources)
    return {name: printable(address(text) if name.endswith("_uri") else text) for name, text in kept.items()}


def address(uri: str) -> str:
    """Return an address without what its query and its fragment hold: there may be a code or a token in them."""
    try:
        parts = urlsplit(uri)
        names = "&".join(f"{name}=…" for name, _ in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return "(no address)"
    host = parts.netloc.rpartition("@")[2]
    joint = "://" if host else ":"
    return f"{parts.scheme}{joint}{host}{parts.path}{'?' + names if names else ''}{'#…' if parts.fragment else ''}"


def printable(text: str) -> str:
    """Return the text cut short, with a mark in place of whatever cannot be printed."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text[:_LONGEST])


def _method(header: str | None, asked: Parameters) -> str:
    if header:
        return BASIC if header.lower().startswith("basic ") else "(another scheme)"
    if asked.get("client_assertion"):
        return PRIVATE_KEY_JWT
    return POST if asked.get("client_secret") else NONE


def _claimed(header: str | None, asked: Parameters) -> str | None:
    """Return the client that the caller says it is, by whichever way it would prove it."""
    if asked.get("client_id"):
        return asked.get("client_id")
    try:
        if header and header.lower().startswith("basic "):
            return unquote_plus(base64.b64decode(header[6:_LONGEST_CLAIM]).decode("ascii").partition(":")[0])
        claims = (asked.get("client_assertion") or "")[:_LONGEST_CLAIM].split(".")[1]
        subject = orjson.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
        return subject if isinstance(subject, str) else None
    except (binascii.Error, ValueError, IndexError, KeyError, TypeError):
        return None
