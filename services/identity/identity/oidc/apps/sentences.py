"""What an app learns or may do, in plain words for its person. Pure."""

from collections.abc import Collection

from identity.oidc import scopes
from shared.i18n import say

_SENTENCES = {
    scopes.PROFILE: say("your name and user ID"),
    scopes.EMAIL: say("your e-mail address"),
    scopes.PHONE: say("your mobile phone number"),
    scopes.ORGANIZATION: say("the organization you work for"),
    scopes.FUNCTIONS: say("what you may do there"),
    scopes.TIN: say("the tax number (TIN) of the organization you work for"),
    scopes.POPULATION: say("which portal your account is for"),
}


def told(topics: Collection[str]) -> list[str]:
    """Return what the app is told, in one order everywhere; empty where it is only that somebody signed in."""
    return [sentence for topic, sentence in _SENTENCES.items() if topic in topics]


# Scopes of APIs that an app may use in a person's name.
_ACTS = {
    "access.evaluate": say("ask whether you may do something"),
    "access.read": say("read who has access where you may see it"),
    "hours.read": say("read opening hours"),
}


def done(topics: Collection[str]) -> list[str]:
    """Return what the app may do for the person at our services; by its bare name where we have no words for it."""
    return [_ACTS.get(scope, scope) for scope in sorted(scopes.of_programs(topics))]
