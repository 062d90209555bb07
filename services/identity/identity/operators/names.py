"""What staff call the things that the code has words for. Pure."""

from shared.i18n import Message, Translations, say

NAMES: dict[str, Message] = {
    # populations
    "provider": say("provider"),
    "member": say("member"),
    "employer": say("employer"),
    "staff": say("staff"),
    # roles of staff
    "operator": say("operator"),
    "desk": say("support desk"),
    "auditor": say("auditor"),
    # ways of proving it is you
    "passkey": say("passkey"),
    "authenticator_app": say("authenticator app"),
    "sms": say("codes by text message"),
    "email": say("codes by e-mail"),
    "recovery_codes": say("recovery codes"),
    # what a code was sent for
    "second_factor": say("second step"),
    "verify": say("check of a sign-in"),
    "contact": say("confirming an address"),
    "binding": say("setting up codes"),
    "recovery": say("getting back in"),
    # levels
    "urn:gatehouse:acr:2": say("two factors"),
    "phr": say("a passkey"),
    # languages
    "en": say("English"),
    "es": say("Spanish"),
}


def name(words: Translations, thing: str) -> str:
    """Return what staff call the thing in the reader's language; what nobody named, as it is."""
    return words.render(NAMES.get(thing) or thing)
