"""The tie between a browser and its draft: one cookie with a random reference, and where a step may be opened.

The cookie lasts until the browser closes: office computers are shared (domain.md §4).
"""

from collections.abc import Callable, Mapping
from functools import wraps

from flask import Response, redirect, request

from registration.applications import flow, service, states
from registration.applications.answers import Errors
from registration.applications.flow import Step
from registration.applications.models import Application
from registration.contacts.hasher import ContactHasher
from shared.web.cookies import bound_to_host
from shared.web.door import context, reading
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.shell.render import page
from shared.web.signin import looked_up

START = "/register"
Facts = Mapping[str, object]
View = Callable[[Application], Response]

_COOKIE = "gh_application"
_NOTHING: Mapping[str, object] = {}
_NEVER_BACK = frozenset({"tin", "list"})


def at(step: Step) -> Callable[[View], Callable[[], Response]]:
    """The view of a question: it gets the draft, and runs only where the question makes sense now."""

    def wrap(view: View) -> Callable[[], Response]:
        @wraps(view)
        def opened() -> Response:
            application = draft()
            if application is None:
                return see(START)
            return elsewhere(application, step) or view(application)

        return opened

    return wrap


def draft() -> Application | None:
    """The application this browser is at, whatever its state; a draft somebody began signed in is theirs alone.

    At a shared computer they sign out and leave the browser open: their name and contacts are not the next person's.
    """
    with reading() as session:
        found = service.find_draft(session, hasher(), request.cookies.get(bound_to_host(_COOKIE), ""))
    if found is None or found.applicant_account is None or found.state not in states.DRAFTING:
        return found
    owner = looked_up()
    return found if owner is not None and owner.account_id == found.applicant_account else None


def elsewhere(application: Application, step: Step) -> Response | None:
    """Where to go instead of a question that does not make sense now, or None."""
    if application.state not in states.DRAFTING or application.account_id:
        return see(f"{START}/{application.id}/done")
    progress = application.progress()
    return None if flow.may_open(progress, step) else see(address(flow.next_step(progress)))


def address(step: Step) -> str:
    """The page of a question."""
    return f"{START}/{step}"


def see(target: str) -> Response:
    """303: the browser goes on with GET, so that reload and back never send a form again."""
    answer: Response = redirect(target, 303)  # type: ignore[assignment]
    return answer


def tie(answer: Response, secret: str) -> Response:
    """Give the browser the reference of its draft."""
    secure = context().settings.secure
    answer.set_cookie(bound_to_host(_COOKIE), secret, path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


def ask(
    step: Step, values: Mapping[str, object], *, shown: Facts = _NOTHING, status: int = 200, template: str = ""
) -> Response:
    """The page of a question: what was answered, what it shows; `template` where a question has more than one page."""
    where = {"stages": stages(), "place": flow.place(step) + 1}
    return page(f"registration/{template or step}.html", status, **{"values": values, **where, **shown})


def ask_again(step: Step, errors: Errors, *, shown: Facts = _NOTHING, template: str = "") -> Response:
    """The same question with what was typed, a TIN excepted: it never comes back in a page."""
    typed: dict[str, object] = {name: value for name, value in request.form.items() if name not in _NEVER_BACK}
    typed |= {name: request.form.getlist(name) for name in ("functions", "lines", "no_npi")}
    spoken = {name: words().render(sentence) for name, sentence in errors.items()}
    return ask(step, typed, shown={"errors": spoken, **shown}, status=422, template=template)


def stages() -> list[str]:
    """The names of the stages shown above each question."""
    return [_("About you"), _("Organization"), _("Contact"), _("Tasks"), _("Check")]


def hasher() -> ContactHasher:
    """The service's keyed hashes."""
    return context().part(ContactHasher)
