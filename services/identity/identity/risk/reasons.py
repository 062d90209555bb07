"""The signs of risk and one sentence for each: the same words for the person, the desk and the auditor (D4). Pure."""

from collections.abc import Iterable

from shared.i18n import Message, say

NEW_DEVICE = "new_device"
SHARED_COMPUTER = "shared_computer"
CARRIED_DEVICE = "carried_device"
NEW_NETWORK = "new_network"
MOVED_DEVICE = "moved_device"
NEW_COUNTRY = "new_country"
FAR_TRAVEL = "far_travel"
CONTACT_CHANGED = "contact_changed"
FAILURES = "failures"
SEVERAL_PLACES = "several_places"

SENTENCES: dict[str, Message] = {
    NEW_DEVICE: say("This browser has not been used for this account before."),
    SHARED_COMPUTER: say("This computer is marked as shared, so it is never remembered."),
    CARRIED_DEVICE: say("The mark of a known browser arrived from another kind of browser."),
    NEW_NETWORK: say("This account has not been used on this network before."),
    MOVED_DEVICE: say("This browser has not been used on this network before."),
    NEW_COUNTRY: say("This account has not been used in this country before."),
    FAR_TRAVEL: say("The last sign-in was too far away to get here in the time between."),
    CONTACT_CHANGED: say("An e-mail address or phone number of this account was changed a short time ago."),
    FAILURES: say("There were several failed attempts to sign in a short time ago."),
    SEVERAL_PLACES: say("This account is signed in at several places at once."),
}


def sentences(codes: Iterable[str]) -> list[Message]:
    """Return the sentence of each code that we know, in order; codes of earlier releases may be gone."""
    return [SENTENCES[code] for code in codes if code in SENTENCES]
