"""The edge of every page that makes people wait: in which words, and with which answer."""

from datetime import datetime

from werkzeug.wrappers import Response

from identity.throttle import sentences
from shared.web.door import context
from shared.web.shell.language import language, words


def waiting(until: datetime) -> str:
    """Return how long to wait, in the reader's language."""
    return words().render(sentences.waiting(until, context().clock.now(), language()))


def told_to_wait(answer: Response, until: datetime) -> Response:
    """Make the answer a 429 with `Retry-After` (RFC 6585 §4)."""
    answer.status_code = 429
    answer.headers["Retry-After"] = str(seconds_left(until))
    return answer


def seconds_left(until: datetime) -> int:
    """Return the whole seconds to wait, for what is answered without a page."""
    return sentences.seconds_left(until, context().clock.now())
