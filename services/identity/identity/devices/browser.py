"""What a request tells of the browser it came from. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Whereabouts:
    """Where an address is, as far as the operator's files know.

    `network`: the provider's number ("AS64500") or else the block of addresses; `place`: "Columbus, Ohio";
    `country`: ISO 3166-1 alpha-2; `position`: latitude and longitude in degrees, to a tenth.
    """

    network: str
    place: str | None = None
    country: str | None = None
    position: tuple[float, float] | None = None


@dataclass(frozen=True)
class Browser:
    """The browser of one request. Everything in it is claimed by the other side, except `source` and what follows
    from it; `secret` and `computer` are proved by holding them.

    `secret`: of the device cookie, None where there is none; `label`: "Chrome on Windows"; `family`: "Chrome", the one
    word that a device is compared by; `computer`: the secret of a shared computer's mark, and `shared` says there is
    one.
    """

    secret: str | None
    label: str
    source: str
    network: str
    place: str | None = None
    country: str | None = None
    shared: bool = False
    family: str = ""
    position: tuple[float, float] | None = None
    computer: str | None = None
