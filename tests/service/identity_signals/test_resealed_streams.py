"""A receiver's own header outlives the key under which it was kept."""

from shared import runtime
from tests.service.identity_oidc.suite import KEEP, Suite
from tests.service.identity_signals.hearing import Ears, pushed
from tests.service.identity_signals.receivers import Receiver
from tests.support.keys import NEW, resealed, restarted

HEADER = "Bearer of-the-receivers-own-choice"


def test_sets_are_pushed_with_the_receivers_header_after_the_change(suite: Suite, receiver: Receiver) -> None:
    """The stream was made under the old key, the set is pushed by a process that knows the new one alone."""
    with pushed(receiver, HEADER) as (_line, end):
        before = suite.context
        both = restarted(before, NEW, KEEP)
        assert resealed(both)["older_keys"] == "can be removed"
        suite.context = restarted(before, NEW)
        suite.app = runtime.web(suite.context)
        suite.end_session(suite.browser(suite.person("pat")).sid)
        Ears(suite).settle()
        assert [came.headers["Authorization"] for came in end.received] == [HEADER]
        for context in (before, both):
            context.database.close()
