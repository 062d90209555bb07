"""A view runs again where its transaction was ended for a rival's sake, so that nobody is told of it.

Locks are taken in one order everywhere, so this is rare; but no order is proof against a row that a later change
locks. Who is admitted was found out before the view ran (a proof of possession counts once), and stays found out.
"""

from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import request

from shared.db import lost_to_a_rival
from shared.web.door import context

T = TypeVar("T")
_TIMES = 3
_log = structlog.get_logger("again")


def insisting(view: Callable[[], T]) -> T:
    """Return what the view answers; up to three runs of it, and only while none of them has committed anything.

    What was committed before the loss would be done twice: then the loss is an error like any other.
    """
    database, run = context().database, 1
    before = database.commits
    while True:
        try:
            return view()
        except Exception as error:
            if run == _TIMES or not lost_to_a_rival(error) or database.commits != before:
                raise
            _log.info("ran_again", endpoint=request.endpoint, run=run)
        run += 1
        for upload in request.files.values():  # read once already
            upload.seek(0)
