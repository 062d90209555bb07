"""Every address of the room, in one table."""

from flask import Flask

from identity.oidc import metadata
from identity.oidc.authorize.consent.pages import consent
from identity.oidc.authorize.pages import authorize
from identity.oidc.authorize.pushed.endpoint import push
from identity.oidc.device.routes import device_authorization
from identity.oidc.endpoints.documents import discovery, jwks
from identity.oidc.endpoints.introspect import introspect
from identity.oidc.endpoints.refusing import refused_in_flask
from identity.oidc.endpoints.revoke import revoke
from identity.oidc.endpoints.token import token
from identity.oidc.endpoints.userinfo import userinfo
from identity.oidc.failures.dictionary import ERRORS, every_error, one_error
from identity.oidc.faults.fault import Refused
from identity.oidc.logout.pages import confirmed, logout
from identity.oidc.registration.endpoint import register, registration

_ROUTES = (
    ("/.well-known/openid-configuration", discovery, ("GET",)),
    ("/.well-known/oauth-authorization-server", discovery, ("GET",)),
    (metadata.JWKS, jwks, ("GET",)),
    (metadata.AUTHORIZE, authorize, ("GET", "POST")),
    (metadata.PAR, push, ("POST",)),
    (metadata.CONSENT, consent, ("GET", "POST")),
    (metadata.TOKEN, token, ("POST",)),
    (metadata.USERINFO, userinfo, ("GET", "POST")),
    (metadata.INTROSPECT, introspect, ("POST",)),
    (metadata.REVOKE, revoke, ("POST",)),
    (metadata.DEVICE_AUTHORIZATION, device_authorization, ("POST",)),
    (metadata.LOGOUT, logout, ("GET", "POST")),
    (metadata.SIGN_OUT, confirmed, ("POST",)),
    (metadata.REGISTER, register, ("POST",)),
    (f"{metadata.REGISTER}/<client_id>", registration, ("GET", "PUT", "DELETE")),
    (ERRORS, every_error, ("GET",)),
    (f"{ERRORS}/<code>", one_error, ("GET",)),
)


def add(app: Flask) -> None:
    """Hang the room on the app, with its one exit for refusals."""
    for path, view, methods in _ROUTES:
        app.add_url_rule(path, f"oidc.{path}", view, methods=list(methods))
    app.register_error_handler(Refused, refused_in_flask)
