"""Shapes that several payloads share."""

from shared.contracts.contract import Payload
from shared.contracts.fields import Choice, Flag, Text, ident

POPULATIONS = ("provider", "member", "employer", "staff")
ORGANIZATION_KINDS = ("practice", "facility", "billing_company", "vendor")


class Organization(Payload):
    """An organization as everybody outside registration may know it: the TIN's last four digits at most."""

    id = ident()
    name = Text()
    kind = Choice(*ORGANIZATION_KINDS)
    contracted = Flag()
    tin_last4 = Text(longest=4, allow_none=True)


class Contact(Payload):
    """A person outside: how to address them and where they proved to be reachable."""

    display_name = Text()
    email = Text(longest=254)
    mobile = Text(longest=20, allow_none=True, required=False)


def population() -> Choice:
    """Return the field for the kind of people an account belongs to."""
    return Choice(*POPULATIONS)
