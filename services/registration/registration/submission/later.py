"""What is done for a browser after it has its answer, so that the time of the answer tells nothing (M19, threat 26)."""

from collections.abc import Callable, Sequence

from flask import Response, after_this_request

from registration.directory import lookup
from registration.submission import service
from shared.web.door import actor, context, request_id


def look_up_after_the_answer(tin_boxes: Sequence[str]) -> None:
    """Ask the payer about some TINs when the answer to this request was sent: what it knows costs its time and ours.

    Nobody waits for it: who decides is found out later, when the person has an account.
    """
    place = context()
    _after_the_answer(lambda: lookup.refresh(place, tin_boxes))


def route_after_the_answer(application_ids: Sequence[str]) -> None:
    """Pass requests on when the answer to this request was sent. A managed TIN takes other work than an unmanaged one.

    What a process that dies in between leaves behind, the worker passes on (`housekeeping.route_waiting`).
    """
    if not application_ids:
        return
    place, acting, asked = context(), actor(), request_id()

    def pass_on() -> None:
        for each in application_ids:
            with place.transaction(acting, asked) as work:
                service.route(work, each)

    _after_the_answer(pass_on)


def _after_the_answer(work: Callable[[], None]) -> None:
    @after_this_request
    def later(response: Response) -> Response:
        response.call_on_close(work)
        return response
