"""What is done for a browser after it has its answer, so that the time of the answer tells nothing (M19, threat 26)."""

from collections.abc import Sequence

from flask import Response, after_this_request

from registration.submission import service
from shared.web.door import actor, context, request_id


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

    @after_this_request
    def later(response: Response) -> Response:
        response.call_on_close(pass_on)
        return response
