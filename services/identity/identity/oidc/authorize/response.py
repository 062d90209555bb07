"""The way back to the app: `iss` in every answer (RFC 9207), 303 and never 307 (RFC 9700 §4.12), no raw parameter."""

from typing import cast
from urllib.parse import urlencode

from flask import Response, redirect

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.failures import dictionary
from identity.oidc.faults.fault import Fault, describe
from identity.oidc.redirects import is_web, origin
from shared.web.security import allow_form_action, script_nonce
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page


def success(inquiry: Inquiry, code: str) -> Response:
    """Bring the code to the app."""
    return _send(inquiry, {"code": code})


def failure(inquiry: Inquiry, fault: Fault) -> Response:
    """Bring the refusal to the app; only for an inquiry that `may_redirect`."""
    return _send(inquiry, _error(inquiry, fault))


def offer(inquiry: Inquiry, fault: Fault) -> Response:
    """Show the person where the refusal would go, and go there only if they say so (RFC 9700 §4.11.2)."""
    posted = inquiry.response_mode == "form_post"
    if posted:
        allow_form_action(inquiry.redirect_uri)
    return page(
        "oidc/unvetted.html",
        fault.status,
        code=fault.code,
        client_name=inquiry.client.name,
        place=origin(inquiry.redirect_uri),
        action=inquiry.redirect_uri if posted else failure_url(inquiry, fault),
        fields=_complete(inquiry, _error(inquiry, fault)) if posted else None,
    )


def failure_url(inquiry: Inquiry, fault: Fault) -> str:
    """Return the address that brings the refusal to the app, for a link on a page of ours."""
    return _url(inquiry, _error(inquiry, fault))


def see_other(url: str) -> Response:
    """Return a redirect that the browser follows with GET and does not keep."""
    response = cast("Response", redirect(url, 303))
    response.headers["Cache-Control"] = "no-store"
    return response


def _error(inquiry: Inquiry, fault: Fault) -> dict[str, str]:
    told = {"error": fault.error, "error_description": describe(fault)}
    return told | {"error_uri": dictionary.uri(inquiry.issuer, fault)}


def _send(inquiry: Inquiry, answer: dict[str, str]) -> Response:
    if inquiry.response_mode == "form_post":
        return _form_post(inquiry, answer)
    url = _url(inquiry, answer)
    if not is_web(url):
        # Browsers follow no redirect to an app's own scheme after a form of ours: a page with a link leads there.
        return page("shell/leaving.html", url=url, name=_(inquiry.client.name))
    return see_other(url)


def _url(inquiry: Inquiry, answer: dict[str, str]) -> str:
    joint = "&" if "?" in inquiry.redirect_uri else "?"
    return f"{inquiry.redirect_uri}{joint}{urlencode(_complete(inquiry, answer))}"


def _form_post(inquiry: Inquiry, answer: dict[str, str]) -> Response:
    """A page whose form posts itself, or at a click where scripts are off (OAuth 2.0 Form Post Response Mode §2)."""
    allow_form_action(inquiry.redirect_uri)
    return page(
        "oidc/form_post.html",
        action=inquiry.redirect_uri,
        fields=_complete(inquiry, answer),
        client_name=inquiry.client.name,
        nonce=script_nonce(),
    )


def _complete(inquiry: Inquiry, answer: dict[str, str]) -> dict[str, str]:
    state = inquiry.asked.get("state")
    return {**answer, **({"state": state} if state is not None else {}), "iss": inquiry.issuer}
