"""How long a recovery lasts and how often one may be begun. Pure.

Beginning one needs a user ID and an address that belong together, so a stranger cannot use up what its owner may try:
the count is kept per pair, whether or not the pair exists (threats 26, 28).
"""

from dataclasses import dataclass
from datetime import timedelta

LIFE = timedelta(minutes=30)  # of a recovery and of a link (experience §1.2)
MOST_TRIES = 5  # wrong codes in one recovery
PURPOSE = "recovery"  # of the codes that are sent
WAITS_IN_QUEUE = timedelta(minutes=10)  # an answer later than this helps nobody; codes live as long
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Limit:
    """`most` times in `window`; `name` keeps the counts of different things apart."""

    name: str
    most: int
    window: timedelta


PER_PAIR = Limit("pair", 5, timedelta(hours=1))
PER_ADDRESS = Limit("address", 5, timedelta(hours=1))
PER_SOURCE = Limit("source", 30, timedelta(hours=1))  # an office has one address for all its people
PER_ACCOUNT = Limit("account", 5, timedelta(hours=1))  # links that managers and the desk let be sent
# 20 guesses a day at one in a million: beyond, only the desk helps (SP 800-63B-4 §3.2.2 bounds guesses in a row).
WRONG_CODES = Limit("wrong", 20, timedelta(days=1))
