"""From a template and values to a response: the one function page modules call."""

from flask import Response, make_response, render_template

from shared.web.shell.language import language


def page(template: str, status: int = 200, **values: object) -> Response:
    """Render `template`; `errors` and `values` are empty mappings unless given, so forms can name them freely.

    Values the shell itself reads: `person_name` (a link with `person_link`: (href, label)), `organization_name`, `nav`
    [(href, label, current)], `signout_url`, `home_url`, `session_seconds` with `session_url` (GET: JSON
    `{"seconds": n}` still left; POST: the same, and it counts as use) and `session_ended_url` (the countdown).
    """
    response = make_response(render_template(template, **{"errors": {}, "values": {}, **values}), status)
    response.headers["Content-Language"] = language()
    return response
