"""Every field of a registration as people are asked for it: a plain label, the standard's name, a hint. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson

from identity.oidc.clients import jwk, policy
from identity.oidc.clients.policy import CERTIFICATION, POLICY_FIELDS, SERVICE, ClientSpec
from identity.oidc.keys.life import ALGORITHMS
from shared.i18n import Message, Translations, say

TEXT, LINES, WORDS, FLAG, ONE, SOME, NUMBER, JSON = "text", "lines", "words", "flag", "one", "some", "number", "json"
ABOUT, SENDING, ASKING, PROVING, SIGN_IN, TOKENS, PEOPLE = (
    say("About the app"),
    say("Where it may send people"),
    say("What it may ask for"),
    say("How it proves itself"),
    say("How people sign in to it"),
    say("Its tokens"),
    say("What people read before they allow it"),
)
GROUPS = (ABOUT, SENDING, ASKING, PROVING, SIGN_IN, TOKENS, PEOPLE)
_NOBODY_SIGNS_IN = frozenset({SENDING, SIGN_IN, PEOPLE})
_NUL = "\\u0000"  # no database holds it
ANY = "any"  # the answer for "any that is offered"


@dataclass(frozen=True)
class Field:
    """`standard`: the name that developers know it by; empty for what is ours alone. `owed`: it cannot be empty."""

    name: str
    group: str
    label: str
    standard: str
    kind: str
    hint: str = ""
    options: Sequence[str] = ()
    owed: bool = False


_LINE = say("One address in a line, compared character for character.")
FIELDS = (
    Field("name", ABOUT, say("Name that people see"), "client_name", TEXT, owed=True),
    Field(
        "justification",
        ABOUT,
        say("Why it is weaker than the defaults"),
        "",
        TEXT,
        say("Needed for a password alone, for PKCE switched off and for any loopback address. Auditors read it."),
    ),
    Field("redirect_uris", SENDING, say("Addresses after signing in"), "redirect_uris", LINES, _LINE),
    Field(
        "post_logout_redirect_uris",
        SENDING,
        say("Addresses after signing out"),
        "post_logout_redirect_uris",
        LINES,
        _LINE,
    ),
    Field(
        "backchannel_logout_uri",
        SENDING,
        say("Address that is told of sign-outs"),
        "backchannel_logout_uri",
        TEXT,
        say("It takes a logout token for each session that ended."),
    ),
    Field("any_loopback", SENDING, say("Any address on one's own machine"), "", FLAG, say("For trials only.")),
    Field(
        "grant_types", ASKING, say("Ways of getting tokens"), "grant_types", SOME, options=policy.GRANT_TYPES, owed=True
    ),
    Field("scopes", ASKING, say("What it may know and do"), "scope", WORDS, say("Scopes with a space between them.")),
    Field(
        "audiences",
        ASKING,
        say("APIs that it may ask tokens for"),
        "resource",
        LINES,
        say("One address in a line (RFC 8707)."),
    ),
    Field(
        "auth_methods",
        PROVING,
        say("Proof of the client"),
        "token_endpoint_auth_method",
        SOME,
        options=policy.AUTH_METHODS,
        owed=True,
    ),
    Field(
        "auth_signing_alg",
        PROVING,
        say("Algorithm of its assertions"),
        "token_endpoint_auth_signing_alg",
        ONE,
        say("Only for private_key_jwt."),
        (ANY, *jwk.ALGORITHMS),
    ),
    Field(
        "jwks_uri", PROVING, say("Address of its public keys"), "jwks_uri", TEXT, say("Either this or the keys below.")
    ),
    Field("jwks", PROVING, say("Its public keys"), "jwks", JSON, say("A JSON Web Key Set, public members only.")),
    Field("dpop_bound", PROVING, say("Tokens bound to a key of the app"), "dpop_bound_access_tokens", FLAG),
    Field("populations", SIGN_IN, say("Whom it admits"), "", SOME, say("None means everybody."), policy.POPULATIONS),
    Field(
        "minimum_acr",
        SIGN_IN,
        say("Least level of sign-in"),
        "acr_values",
        ONE,
        options=policy.ACR_VALUES,
        owed=True,
    ),
    Field("require_pkce", SIGN_IN, say("PKCE is needed"), "code_challenge", FLAG),
    Field(
        "require_par",
        SIGN_IN,
        say("Requests are pushed first"),
        "require_pushed_authorization_requests",
        FLAG,
    ),
    Field(
        "signing_alg",
        TOKENS,
        say("Algorithm of ID tokens"),
        "id_token_signed_response_alg",
        ONE,
        options=ALGORITHMS,
        owed=True,
    ),
    Field(
        "access_token_format", TOKENS, say("Form of access tokens"), "", ONE, options=policy.TOKEN_FORMATS, owed=True
    ),
    Field("access_token_seconds", TOKENS, say("Access tokens live, in seconds"), "expires_in", NUMBER, owed=True),
    Field("grant_hours", TOKENS, say("What a sign-in gave ends after, in hours"), "", NUMBER, owed=True),
    Field(
        "refresh_rotation",
        TOKENS,
        say("Refresh tokens"),
        "",
        ONE,
        say("rotate: each is good once. keep: only where they are bound to a key or to a client with a proof."),
        policy.ROTATIONS,
        owed=True,
    ),
    Field(
        "refresh_grace_seconds",
        TOKENS,
        say("A used refresh token answers once more within, in seconds"),
        "",
        NUMBER,
        owed=True,
    ),
    Field("first_party", PEOPLE, say("One of our own: people are not asked"), "", FLAG),
    Field("purpose", PEOPLE, say("What it wants people's data for"), "", TEXT, say("People read it word for word.")),
    Field("client_uri", PEOPLE, say("Address of the app's own page"), "client_uri", TEXT),
    Field("policy_uri", PEOPLE, say("Address of its privacy policy"), "policy_uri", TEXT),
    Field("tos_uri", PEOPLE, say("Address of its terms"), "tos_uri", TEXT),
)
BY_NAME = {field.name: field for field in FIELDS}
# Neither is typed into the form: the profile is chosen first, and switching off is an act with a reason.
ELSEWHERE = frozenset({"profile", "enabled"})


def asked_of(profile: str) -> list[Field]:
    """Return the fields that make sense for a profile, in order."""
    hidden = _NOBODY_SIGNS_IN if profile == SERVICE else frozenset()
    trials = {CERTIFICATION, policy.FIRST_PARTY}
    return [one for one in FIELDS if one.group not in hidden and (one.name != "any_loopback" or profile in trials)]


def typed(field: Field, value: Any) -> Any:
    """Return a value of a registration as the form shows it."""
    if field.kind == LINES:
        return "\n".join(value)
    if field.kind == WORDS:
        return " ".join(value)
    if field.kind == JSON:
        return json.dumps(value, indent=1) if value is not None else ""
    if field.kind == FLAG:
        return "yes" if value else "no"
    return (ANY if field.kind == ONE else "") if value is None else value


def read(profile: str, sent: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], dict[str, Message]]:
    """Return (what a form says as fields of ClientSpec, what cannot be read at all by field)."""
    values: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for field in asked_of(profile):
        answers = [one.strip() for one in sent.get(field.name, ())]
        try:
            values[field.name] = _meant(field, answers)
        except ValueError as error:
            errors[field.name] = error.args[0]
    return values, errors


def by_field(sentences: Sequence[Message], spec: ClientSpec, reader: Translations) -> dict[str, str]:
    """Return the sentences of `registrable` by the field of the form they are about; "" for the rest."""
    found: dict[str, str] = {}
    for sentence in sentences:
        about = _about(sentence, spec)
        if sentence.values["field"] == about:  # it stands beside its field, and need not name it
            told = reader.render(cast("Message", sentence.values["fault"]))
            found.setdefault(about, told[:1].upper() + told[1:])
        else:
            found.setdefault(about, reader.render(sentence))
    return found


def _about(sentence: str, spec: ClientSpec) -> str:
    names = sentence.partition(":")[0].split(", ")
    known = next((name for name in names if name in BY_NAME or name == "id"), None)
    if known:
        return known
    for name in POLICY_FIELDS:
        value = getattr(spec, name)
        candidates = value if isinstance(value, tuple) else (value,)
        if any(isinstance(one, str) and one and sentence.startswith(f"{one[:100]}:") for one in candidates):
            return name if name in BY_NAME else ""
    return ""


def _meant(field: Field, answers: list[str]) -> Any:
    first = answers[0] if answers else ""
    match field.kind:
        case "lines":
            return tuple(dict.fromkeys(line.strip() for line in first.splitlines() if line.strip()))
        case "words":
            return tuple(dict.fromkeys(first.split()))
        case "some":
            return tuple(one for one in field.options if one in answers)
        case "flag":
            return first == "yes"
        case "number":
            return _number(first)
        case "json":
            return _json(first) if first else None
        case _:
            return first if (first and first != ANY) or field.owed else None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise ValueError(say("Enter a whole number"))
    return int(text)


def _json(text: str) -> Any:
    try:
        found = orjson.loads(text)  # strict: no half characters, no NaN
    except ValueError as error:
        raise ValueError(say("This is no JSON")) from error
    if not isinstance(found, dict) or _NUL in text:
        raise ValueError(say("This is no JSON object"))
    return found
