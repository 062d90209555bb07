"""Refusals that have to do with the person: who is there, how surely, and what they still owe (OIDC Core §3.1.2.6)."""

from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oidc.core.errors import InteractionRequiredError, LoginRequiredError

from identity.oidc.faults.fault import Fault

# the person.
LOGIN_REQUIRED = Fault(
    "GH-OIDC-030",
    str(LoginRequiredError.error),
    "Nobody is signed in, or not lately enough.",
    "Ask without prompt=none.",
)
STEP_UP_REQUIRED = Fault(
    "GH-OIDC-031",
    str(InteractionRequiredError.error),
    "The sign-in is not strong enough for this client.",
    "Ask without prompt=none, so that the person can add a second factor.",
)
ORGANIZATION_REQUIRED = Fault(
    "GH-OIDC-032",
    str(InteractionRequiredError.error),
    "The person works for several organizations and has not chosen one.",
    "Ask without prompt=none.",
)
WRONG_POPULATION = Fault(
    "GH-OIDC-033",
    str(AccessDeniedError.error),
    "This client is for people of another population.",
    "Tell the person which portal is theirs.",
    403,
)
WEBSITE_CLOSED = Fault(
    "GH-OIDC-035",
    "temporarily_unavailable",  # RFC 6749 §4.1.2.1
    "The website is closed for maintenance, and this person is not staff.",
    "Ask again later; /status.json says when it opens.",
    503,
)
TERMS_NOT_ACCEPTED = Fault(
    "GH-OIDC-034",
    str(InteractionRequiredError.error),
    "The person has yet to accept the terms of use in force.",
    "Ask without prompt=none.",
)
