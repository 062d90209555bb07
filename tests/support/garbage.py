"""Garbage is collected more seldom, and never again among what was imported and found: a third of the time was that.

Every app that a test builds is tens of thousands of objects in cycles, beside half a million that stay to the end. At
Python's own pace (a look at the youngest after 700) all of them are looked through again and again.
"""

import gc

_YOUNGEST, _YOUNG, _OLD = 20_000, 20, 10


def collect_seldom() -> None:
    """A slower pace for this process."""
    gc.set_threshold(_YOUNGEST, _YOUNG, _OLD)


def keep_what_is_here() -> None:
    """What is in memory now stays to the end: only what comes from now on is looked at."""
    gc.collect()
    gc.freeze()
