"""How tries at evidence are held back. Pure: time passed in.

Two counters: an applicant has five wrong tries, whatever they are tried at, and is then left to the desk; a TIN,
whoever tries, waits longer after each wrong try from the fourth on. Both count before anything is looked at, and alike
for a TIN that nobody knows, so that neither an answer nor a wait tells whether there is something to be right about.
"""

from datetime import timedelta

APPLICANT_TRIES = 5
TIN_TRIES_AT_ONCE = 3
LONGEST = timedelta(hours=24)
FORGOTTEN = timedelta(days=90)  # after so long without a try; a case of the desk is over by then

_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))


def wait_after(wrong: int) -> timedelta:
    """How long a TIN rests once it has had that many wrong tries."""
    step = wrong - TIN_TRIES_AT_ONCE - 1
    if step < 0:
        return timedelta(0)
    return _WAITS[step] if step < len(_WAITS) else LONGEST


def steps() -> range:
    """The counts of wrong tries before the one that is about to be made, each with a wait of its own."""
    return range(TIN_TRIES_AT_ONCE + len(_WAITS))
