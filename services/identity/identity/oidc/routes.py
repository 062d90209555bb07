"""Every address of the room, in one table."""

from flask import Flask

from identity.oidc import metadata
from identity.oidc.authorize.pages import authorize
from identity.oidc.endpoints.documents import discovery, jwks
from identity.oidc.endpoints.form import refusal
from identity.oidc.endpoints.introspect import introspect
from identity.oidc.endpoints.revoke import revoke
from identity.oidc.endpoints.token import token
from identity.oidc.endpoints.userinfo import userinfo
from identity.oidc.faults import Refused
from identity.oidc.logout.pages import logout

_ROUTES = (
    ("/.well-known/openid-configuration", discovery, ("GET",)),
    ("/.well-known/oauth-authorization-server", discovery, ("GET",)),
    (metadata.JWKS, jwks, ("GET",)),
    (metadata.AUTHORIZE, authorize, ("GET", "POST")),
    (metadata.TOKEN, token, ("POST",)),
    (metadata.USERINFO, userinfo, ("GET", "POST")),
    (metadata.INTROSPECT, introspect, ("POST",)),
    (metadata.REVOKE, revoke, ("POST",)),
    (metadata.LOGOUT, logout, ("GET", "POST")),
)


def add(app: Flask) -> None:
    """Hang the room on the app, with its one exit for refusals."""
    for path, view, methods in _ROUTES:
        app.add_url_rule(path, f"oidc.{path}", view, methods=list(methods))
    app.register_error_handler(Refused, refusal)
