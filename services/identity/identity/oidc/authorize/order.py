"""The rules of an authorization request, in the order in which they are asked. This list is the whole truth.

Until `redirect_uri` has passed, a refusal is a page of ours; after it, an answer to the client. The last block is about
the person and may lead to a page instead of a refusal.
"""

from collections.abc import Callable

from identity.oidc.authorize.checks import (
    acr_values,
    client,
    client_once,
    code_allowed,
    every_parameter_once,
    fresh_enough,
    hint,
    length,
    max_age,
    nonce,
    organization,
    population,
    prompt,
    proof_key,
    readable,
    redirect_uri,
    registration,
    request_object,
    resource,
    response_mode,
    response_type,
    same_person,
    scope,
    signed_in,
    strong_enough,
    strong_for_organization,
    terms,
)
from identity.oidc.authorize.inquiry import Inquiry

Rule = Callable[[Inquiry], None]

RULES: tuple[Rule, ...] = (
    # who asks, and where the answer goes: nothing is redirected yet
    length.check,
    readable.check,
    client_once.check,
    client.check,
    redirect_uri.check,
    # what is asked
    response_mode.check,
    every_parameter_once.check,
    request_object.check,
    registration.check,
    response_type.check,
    code_allowed.check,
    proof_key.check,
    scope.check,
    resource.check,
    nonce.check,
    prompt.check,
    hint.check,
    max_age.check,
    acr_values.check,
    # who is there
    signed_in.check,
    same_person.check,
    fresh_enough.check,
    strong_enough.check,
    population.check,
    organization.check,
    strong_for_organization.check,
    terms.check,
)


def examine(inquiry: Inquiry) -> None:
    """Ask every rule in turn; raises Refused or Detour from the first that is not content."""
    for rule in RULES:
        rule(inquiry)
