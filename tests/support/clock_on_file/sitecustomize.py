"""Python imports this at its start in every program of a test stack: the time comes from a file.

The programs are those of production and know nothing of it. While the file at TEST_CLOCK_FILE is empty, time runs as
usual; an RFC 3339 instant in it makes time stand still there, for all programs at once.

Not libfaketime: with FAKETIME_DONT_FAKE_MONOTONIC, Debian 12's (0.9.10) makes time.sleep of Python 3.11 fail with
EINVAL, and without it waits stand still together with the clock.
"""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from shared.clock import SystemClock

_file = Path(os.environ["TEST_CLOCK_FILE"])
_true_time = time.time


def _seconds() -> float:
    text = _file.read_text()
    return datetime.fromisoformat(text).timestamp() if text else _true_time()


def _now(_clock: SystemClock) -> datetime:
    return datetime.fromtimestamp(_seconds(), UTC)


# What the suite reads, and what the libraries of the sample portal read; waits use time.monotonic and go on.
SystemClock.now = _now  # type: ignore[method-assign]
time.time = _seconds
