"""The clients that the plans ask for, by the part they play; each subject registers them in its own way."""

from dataclasses import dataclass, replace

from joserfc.jwk import ECKey, RSAKey

from tests.conformance.harness.issuers.browser import APP
from tests.conformance.harness.issuers.subject import BASIC, POST, PRIVATE_KEY_JWT, Registered

FIRST, SECOND, BY_POST = "suite-first", "suite-second", "suite-post"
FAPI, FAPI_SECOND = "suite-fapi", "suite-fapi-second"
# Every client has this address, too: what keeps them apart must be something else.
SHARED = f"{APP}/shared/callback"
_SECRET = "a-secret-of-the-conformance-suite-{}".format


@dataclass(frozen=True)
class Part:
    """A client, and whether it keeps to the FAPI 2.0 Security Profile."""

    client: Registered
    fapi: bool


def parts(origin: str) -> list[Part]:
    """Return the cast; `origin` is where the app of the suite listens to issuers."""
    first = _client(origin, FIRST)
    plain = [first, _client(origin, SECOND), replace(_client(origin, BY_POST), method=POST)]
    keys: dict[str, ECKey | RSAKey] = {
        FAPI: ECKey.generate_key("P-256", {"kid": FAPI, "use": "sig"}),
        FAPI_SECOND: RSAKey.generate_key(2048, {"kid": FAPI_SECOND, "use": "sig"}),
    }
    keyed = [_with_key(_client(origin, name), key) for name, key in keys.items()]
    return [*(Part(client, False) for client in plain), *(Part(client, True) for client in keyed)]


def _client(origin: str, name: str) -> Registered:
    at = f"{APP}/{name}"
    return Registered(name, f"{at}/callback", f"{at}/landed", f"{origin}/{name}/signed-out", BASIC, _SECRET(name))


def _with_key(client: Registered, key: ECKey | RSAKey) -> Registered:
    return replace(client, method=PRIVATE_KEY_JWT, secret=None, key=key, signing_alg="ES256")
