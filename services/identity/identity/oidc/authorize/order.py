"""The rules of an authorization request, in the order in which they are asked. These lists are the whole truth.

Until WHO_ASKS has passed, a refusal is a page of ours; after it, an answer to the client. WHAT_IS_ASKED needs nobody to
be there, so a client that pushes its request (RFC 9126) passes these two lists by itself. WHO_IS_THERE is about the
person and may lead to a page instead of a refusal.
"""

from collections.abc import Callable

from identity.oidc.authorize.checks.how_it_travels import (
    code_allowed,
    every_parameter_once,
    proof_key,
    proof_of_possession,
    pushed_only,
    registration,
    request_object,
    response_mode,
    response_type,
)
from identity.oidc.authorize.checks.what_is_wished import (
    acr_values,
    claims,
    hint,
    max_age,
    nonce,
    prompt,
    resource,
    scope,
)
from identity.oidc.authorize.checks.who_asks import client, client_once, length, pushed, readable, redirect_uri
from identity.oidc.authorize.checks.who_is_there import (
    acr_told,
    consent,
    consent_first,
    fresh_enough,
    new_here,
    organization,
    population,
    same_person,
    signed_in,
    strong_enough,
    strong_for_organization,
    terms,
    website_open,
)
from identity.oidc.authorize.inquiry import Inquiry

Rule = Callable[[Inquiry], None]

# Who asks, and where the answer goes: nothing is redirected yet.
WHO_ASKS: tuple[Rule, ...] = (
    length.check,
    readable.check,
    client_once.check,
    client.check,
    pushed.check,
    redirect_uri.check,
)

WHAT_IS_ASKED: tuple[Rule, ...] = (
    response_mode.check,
    pushed_only.check,
    every_parameter_once.check,
    request_object.check,
    registration.check,
    response_type.check,
    code_allowed.check,
    proof_key.check,
    proof_of_possession.check,
    scope.check,
    resource.check,
    claims.check,
    nonce.check,
    prompt.check,
    hint.check,
    max_age.check,
    acr_values.check,
)

WHO_IS_THERE: tuple[Rule, ...] = (
    new_here.check,
    signed_in.check,
    consent_first.check,
    same_person.check,
    fresh_enough.check,
    strong_enough.check,
    acr_told.check,
    population.check,
    website_open.check,
    organization.check,
    strong_for_organization.check,
    terms.check,
    consent.check,
)


def examine(inquiry: Inquiry) -> None:
    """Ask every rule in turn; raises Refused or Detour from the first that is not content."""
    for rule in (*WHO_ASKS, *WHAT_IS_ASKED, *WHO_IS_THERE):
        rule(inquiry)
