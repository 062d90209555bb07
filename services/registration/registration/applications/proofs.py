"""The page door of codes: `/register/email-code` and `/register/mobile-code`, and the way on from any question.

GET never sends anything: a code leaves with the POST that leads to its page, or with "send another code".
"""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Flask, Response, request

from registration.applications import flow, service
from registration.applications.browser import START, address, at, draft, hasher, see, stages
from registration.applications.flow import Step
from registration.applications.models import Application
from registration.contacts import codes, throttle
from registration.contacts import service as contacts
from registration.contacts.codes import Channel, CodeFault
from registration.contacts.service import Standing
from shared.auth import open_page
from shared.errors import too_many
from shared.web.door import context, reading, transaction
from shared.web.shell.language import gettext as _
from shared.web.shell.language import language, ngettext
from shared.web.shell.moments import clock_time
from shared.web.shell.render import page

proofs = Blueprint("proofs", __name__, url_prefix=START)
_OPEN = open_page("anybody may apply; nobody has an account yet")
_CHANNELS = {Step.EMAIL_CODE: Channel.EMAIL, Step.MOBILE_CODE: Channel.MOBILE}
_OTHER = {Step.EMAIL_CODE: Step.MOBILE_CODE, Step.MOBILE_CODE: Step.EMAIL_CODE}
_EITHER = '/<any("email-code", "mobile-code"):name>'
_AN_HOUR = 3600


def mount(app: Flask) -> None:
    """Add the two pages, which differ only in their channel."""
    app.register_blueprint(proofs)


def go_on(application_id: str) -> Response:
    """Lead to the next question; where that is a code without a living one, send it."""
    application = draft()
    if application is None or application.id != application_id:
        return see(START)
    step = flow.next_step(application.progress())
    if step in _CHANNELS and _standing(application, _CHANNELS[step]).alive_until is None:
        _send(application, _CHANNELS[step])
    return see(address(step))


def _at_code(view: Callable[[Application, Step], Response]) -> Callable[[str], Response]:
    @wraps(view)
    def opened(name: str) -> Response:
        step = Step(name)
        return at(step)(lambda application: view(application, step))()

    return opened


@proofs.get(_EITHER)
@_OPEN
@_at_code
def show(application: Application, step: Step) -> Response:
    """Which code did you get?"""
    return _page(application, step)


@proofs.post(_EITHER)
@_OPEN
@_at_code
def answered(application: Application, step: Step) -> Response:
    """Try the code; the counted try is committed before the person is told."""
    code = codes.typed_code(request.form.get("code", ""))
    if isinstance(code, CodeFault):
        return _page(application, step, code)
    with transaction() as work:
        held = service.hold(work, application.id)
        fault = service.prove(work, hasher(), held, _CHANNELS[step], code)
    return _page(application, step, fault) if fault is not None else go_on(application.id)


@proofs.post(_EITHER + "/again")
@_OPEN
@_at_code
def again(application: Application, step: Step) -> Response:
    """Send another code, unless it is too early: the page says from when it is not."""
    _send(application, _CHANNELS[step])
    return see(address(step))


@proofs.post(_EITHER + "/other")
@_OPEN
@_at_code
def other(application: Application, step: Step) -> Response:
    """The message does not come: go on with the other contact, and come back to this one (M24)."""
    following = _OTHER[step]
    if _is_open(application, following) and _standing(application, _CHANNELS[following]).alive_until is None:
        _send(application, _CHANNELS[following])
    return see(address(following))


def _is_open(application: Application, step: Step) -> bool:
    return flow.may_open(application.progress(), step)


def _send(application: Application, channel: Channel) -> None:
    standing = _standing(application, channel)
    if standing.next_send_at is not None:
        return
    target = service.address_of(application, channel)
    if not throttle.allows(context().cache, hasher(), target, request.remote_addr or ""):
        raise too_many(_AN_HOUR, _("Many codes were sent already. Your answers are kept: try again later."))
    with transaction() as work:
        service.send_code(work, hasher(), service.hold(work, application.id), channel)


def _standing(application: Application, channel: Channel) -> Standing:
    with reading() as session:
        now = context().clock.now()
        return contacts.standing(session, now, hasher(), service.address_of(application, channel))


def _page(application: Application, step: Step, fault: CodeFault | None = None) -> Response:
    channel = _CHANNELS[step]
    standing = _standing(application, channel)
    # As it was typed one page before: somebody whose code does not come has to see the slip in it.
    target = application.email if channel is Channel.EMAIL else application.mobile_typed
    values = {"channel": channel, "target": target or "", "standing": standing, "wait": _wait(standing)}
    errors = {"code": _sentence(fault, standing)} if fault is not None else {}
    places = {"stages": stages(), "place": flow.place(step) + 1, "step": step}
    places["other_open"] = _is_open(application, _OTHER[step])
    return page("registration/code.html", 422 if fault else 200, errors=errors, **values, **places)


def _wait(standing: Standing) -> int:
    """Seconds until another code may be asked for."""
    if standing.next_send_at is None:
        return 0
    return max(1, int((standing.next_send_at - context().clock.now()).total_seconds()))


def _sentence(fault: CodeFault, standing: Standing) -> str:
    if fault is CodeFault.EMPTY:
        return _("Enter the 6-digit code")
    if fault is CodeFault.LENGTH:
        return _("The code has 6 digits")
    if fault is CodeFault.WRONG:
        return ngettext(
            "This is not the code we sent. You have %(n)s more try.",
            "This is not the code we sent. You have %(n)s more tries.",
            standing.tries_left,
        )
    if fault is CodeFault.SPENT and standing.next_send_at is not None:
        return _(
            "That was the last try for these codes. You can ask for a new one at %(time)s.",
            time=clock_time(standing.next_send_at, language()),
        )
    return _("This code has expired. Ask for a new one.")
