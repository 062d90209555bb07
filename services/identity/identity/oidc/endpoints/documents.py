"""Discovery and keys: bytes prepared once, with an ETag, kept by others for five minutes."""

from identity.oidc.keys.life import KEPT_BY_OTHERS
from identity.oidc.provider import Provider
from shared.auth import open_to_all
from shared.service import Context
from shared.web.express import Asked, Reply, express

_KEEP = f"public, max-age={int(KEPT_BY_OTHERS.total_seconds())}"


@open_to_all("how to use the provider is public (OIDC Discovery 1.0 §4, RFC 8414 §3)")
@express()
def discovery(place: Context, asked: Asked) -> Reply:
    """Return the provider's metadata."""
    return _document(asked, *place.part(Provider).discovery, "application/json")


@open_to_all("public keys are public (RFC 7517 §5)")
@express()
def jwks(place: Context, asked: Asked) -> Reply:
    """Return the public keys: the next, the active and the lately retired."""
    return _document(asked, *place.part(Provider).ring.document(), "application/jwk-set+json")


def _document(asked: Asked, body: bytes, etag: str, content_type: str) -> Reply:
    tag = f'"{etag}"'
    headers = (("Cache-Control", _KEEP), ("ETag", tag))
    known = (asked.header("If-None-Match") or "").split(",")  # compared weakly (RFC 9110 §13.1.2)
    if {tag, "*"} & {one.strip().removeprefix("W/") for one in known}:
        return Reply(b"", 304, content_type, headers)
    return Reply(body, 200, content_type, headers)
