"""One page in one state, and what the lists of them share."""

from dataclasses import dataclass
from datetime import datetime

BOTH, ENGLISH = ("en", "es"), ("en",)
MAIN_BUTTON = "main form button[type=submit], main form button:not([type])"


@dataclass(frozen=True)
class Stop:
    """One page in one state. `fill` maps CSS selectors to what is typed, `press` is the button pressed after that.

    `on_the_way` where the page looked at is one of the sign-in, and not yet the console that the address names.
    """

    name: str
    address: str
    who: str = "nobody"
    status: int = 200
    fill: tuple[tuple[str, str], ...] = ()
    press: str = ""
    languages: tuple[str, ...] = BOTH
    world: str = "busy"
    at: datetime | None = None
    on_the_way: bool = False
