"""Discovery and keys: bytes prepared once, with an ETag, kept by others for five minutes."""

from flask import Response, request

from identity.oidc.keys.life import PUBLISHED_BEFORE_USE
from identity.oidc.provider import Provider
from shared.auth import open_to_all
from shared.web.door import context

_KEEP = f"public, max-age={int(PUBLISHED_BEFORE_USE.total_seconds())}"


@open_to_all("how to use the provider is public (OIDC Discovery 1.0 §4, RFC 8414 §3)")
def discovery() -> Response:
    """Return the provider's metadata."""
    return _document(*context().part(Provider).discovery, "application/json")


@open_to_all("public keys are public (RFC 7517 §5)")
def jwks() -> Response:
    """Return the public keys: the next, the active and the lately retired."""
    return _document(*context().part(Provider).ring.document(), "application/jwk-set+json")


def _document(body: bytes, etag: str, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = _KEEP
    response.set_etag(etag)
    response.make_conditional(request)
    return response
