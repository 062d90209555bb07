"""What the desk is warned of before it seats somebody. Pure: facts gathered elsewhere come in, alerts go out.

An alert forbids nothing: it makes a second agent necessary. Sharing a number is normal for a billing company, so the
rules are deliberately blunt and leave the judgement to two people.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

SHARED_FROM = 5
RECENTLY = timedelta(days=90)

_SHORTEST_NAME = 5  # below, one letter of difference is another word rather than a slip
_LONGEST_DOMAIN = 255  # RFC 1035 §2.3.4; what is longer was never compared letter by letter
# Letters of other scripts, digits and pairs that look like a Latin letter in an address bar (Unicode TR 39, the usual).
_LOOKS_LIKE = str.maketrans(
    "01i5\u0430\u0433\u0435\u043e\u0441\u0440\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u04cf\u03bf",
    "ollsareocpyxljsdhlo",
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset({"and", "the", "inc", "llc", "group", "medical", "health", "care", "center", "clinic", "practice"})


class AlertKind(StrEnum):
    """What is striking about a case."""

    SHARED_PHONE = "shared_phone"
    LOOK_ALIKE_DOMAIN = "look_alike_domain"
    RECENTLY_DECLINED = "recently_declined"
    NPI_MISMATCH = "npi_mismatch"
    HAS_MANAGERS = "has_managers"


@dataclass(frozen=True)
class Alert:
    """One warning; `detail` completes its sentence.

    shared_phone: how many TINs share it. look_alike_domain: the office's own domain. recently_declined: the number of
    the declined application. npi_mismatch: whose NPI it is, empty where the payer knows other NPIs for the TIN.
    has_managers: how many.
    """

    kind: AlertKind
    detail: str


@dataclass(frozen=True)
class Facts:
    """What is known about a case and the person to be seated.

    `names`: what the applicant, the application and the directory call them. `declined`: numbers of applications of
    this person or this TIN that were declined within `RECENTLY`, newest first.
    """

    email: str = ""
    names: Sequence[str] = ()
    tins_with_mobile: int = 0
    tins_with_office_phone: int = 0
    office_domain: str | None = None
    declined: Sequence[str] = ()
    npi: str | None = None
    known_npis: frozenset[str] = field(default_factory=frozenset)
    npi_name: str | None = None
    managers: int = 0


def alerts_of(facts: Facts) -> tuple[Alert, ...]:
    """Every alert the facts give, in a fixed order."""
    found = []
    shared = max(facts.tins_with_mobile, facts.tins_with_office_phone)
    if shared >= SHARED_FROM:
        found.append(Alert(AlertKind.SHARED_PHONE, str(shared)))
    domain = facts.email.rpartition("@")[2]
    if facts.office_domain and looks_like(domain, facts.office_domain):
        found.append(Alert(AlertKind.LOOK_ALIKE_DOMAIN, facts.office_domain))
    if facts.declined:
        found.append(Alert(AlertKind.RECENTLY_DECLINED, facts.declined[0]))
    mismatch = _npi_mismatch(facts)
    if mismatch is not None:
        found.append(Alert(AlertKind.NPI_MISMATCH, mismatch))
    if facts.managers > 0:
        found.append(Alert(AlertKind.HAS_MANAGERS, str(facts.managers)))
    return tuple(found)


def looks_like(domain: str, real: str) -> bool:
    """Whether a mail domain is made to be taken for another one: not the same, not inside it, but near."""
    ours, theirs = _readable(real), _readable(domain)
    if not ours or not theirs or max(len(ours), len(theirs)) > _LONGEST_DOMAIN:
        return False
    if theirs == ours or theirs.endswith("." + ours) or ours.endswith("." + theirs):
        return False
    name, other = _name(ours), _name(theirs)
    if _skeleton(name) == _skeleton(other):
        return True  # drawn alike, or the same name under another ending
    if len(name) < _SHORTEST_NAME:
        return False
    return name in re.split(r"[.\-]", other) or other.startswith(name) or _one_slip(_skeleton(name), _skeleton(other))


def _npi_mismatch(facts: Facts) -> str | None:
    """Whose NPI it is where it seems to be somebody else's, '' where it is only not among the known ones."""
    if facts.npi is None or facts.npi in facts.known_npis:
        return None
    if facts.npi_name is not None:
        known = _words(" ".join(facts.names))
        return None if _words(facts.npi_name) & known and not facts.known_npis else facts.npi_name
    return "" if facts.known_npis else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())) - _COMMON


def _readable(domain: str) -> str:
    """Lower case, without the root's dot, punycode as people see it."""
    bare = domain.strip().rstrip(".").casefold()
    try:
        return bare.encode("ascii").decode("idna")
    except UnicodeError:
        return bare


def _name(domain: str) -> str:
    return domain.rpartition(".")[0] or domain


def _skeleton(text: str) -> str:
    flat = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    flat = flat.translate(_LOOKS_LIKE).replace("-", "")
    for pair, letter in _PAIRS:
        flat = flat.replace(pair, letter)
    return flat


def _one_slip(first: str, second: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes one text the other."""
    if abs(len(first) - len(second)) > 1:
        return False
    shorter, longer = sorted((first, second), key=len)
    at = next((n for n, letter in enumerate(shorter) if letter != longer[n]), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = shorter[at : at + 2] == longer[at : at + 2][::-1] and shorter[at + 2 :] == longer[at + 2 :]
    return shorter[at + 1 :] == longer[at + 1 :] or swapped
