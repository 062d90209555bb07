"""What people call the browser that a User-Agent header describes: "Chrome on Windows". Pure.

The header is whatever the other side likes to send: it is shown, and compared with what the same device sent before,
and decides nothing else (threat 52).
"""

import re
from collections.abc import Callable

from ua_parser import parse

from shared.i18n import say

UNKNOWN = say("Unknown browser")
NOWHERE = say("place not known")
_JOINT = say("%(browser)s on %(system)s", browser="", system="")
_LONGEST = 400  # characters looked at: real ones have less than 250, and expressions must not be fed more (threat 57)
_LONGEST_PART = 50
_SYSTEMS = {"Mac OS X": "macOS", "iOS": "iOS", "Chrome OS": "ChromeOS", "Ubuntu": "Linux", "Fedora": "Linux"}
_VARIANTS = re.compile(r"\b(?:Mobile|iOS|WebView)\b|Headless")


def of(header: str) -> tuple[str, str]:
    """Return (label, family) of a User-Agent header; the family is "" where nothing is known."""
    found = parse(header[:_LONGEST])
    if found.user_agent is None:
        return UNKNOWN, ""
    family = _plain(_family(found.user_agent.family))
    system = _plain(found.os.family) if found.os else ""
    return (f"{family} on {_SYSTEMS.get(system, system)}" if system else family) or UNKNOWN, family


def spoken(label: str, gettext: Callable[..., str]) -> str:
    """Return a label in the reader's language; `gettext` is the reader's."""
    browser, joint, system = label.partition(" on ")
    return gettext(_JOINT.key, browser=browser, system=system) if joint else gettext(label)


def where(place: str | None, gettext: Callable[..., str]) -> str:
    """Return a place, or in the reader's language that it is not known."""
    return place or gettext(NOWHERE)


def _plain(text: str) -> str:
    """What is safe in a mail, a log and an audit: one short line without signs that cannot be seen (threat 43)."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST_PART].strip()


def _family(name: str) -> str:
    """One word for a browser and its mobile and windowless forms: asking for the desktop page makes no new browser."""
    return " ".join(_VARIANTS.sub(" ", name).split()) or name
