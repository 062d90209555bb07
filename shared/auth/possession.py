"""The door for proofs of possession: this request's proof, once and never again (RFC 9449 §4.3, §7 and §11.1)."""

from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import quote

from shared.auth.dpop import ALGORITHMS, REMEMBERED, BadProof, Proof, read_proof
from shared.crypto import sha256
from shared.service import Context

HEADER = "DPoP"
SCHEME = "DPoP"  # compared without regard to case, as RFC 9110 §11.1 says of every scheme
BEARER = "Bearer"
# What a client learns of us in every challenge (RFC 9449 §7.1).
CHALLENGE = f'{SCHEME} algs="{" ".join(ALGORITHMS)}"'
# What somebody without any token learns: both ways in, and no fault (RFC 6750 §3.1, RFC 9449 §7.1).
BOTH_WAYS = f"{BEARER}, {CHALLENGE}"


class Call(NamedTuple):
    """What a proof must be for: the method and the path of a request, as decoded once."""

    method: str
    path: str


class WrongWay(Exception):
    """The token and the way it was sent do not fit. The message is one of ours."""


def prove(
    place: Context,
    text: str | None,
    call: Call,
    *,
    access_token: str | None = None,
    nonces: Collection[str] | None = None,
) -> Proof:
    """Return the proof of a call; raises BadProof where it is missing, not good, or came before.

    The address is that of the public origin, whatever `Host` says. While the cache is away nothing can be told apart
    from a replay: CacheAway goes up and becomes 503.
    """
    if text is None:
        raise BadProof("there is no proof in the DPoP header")
    url = place.settings.public_url + quote(call.path)
    proof = read_proof(
        text, method=call.method, url=url, now=place.clock.now(), access_token=access_token, nonces=nonces
    )
    if not place.cache.add(f"dpop:{proof.jkt}:{sha256(proof.jti)}", b"1", REMEMBERED):
        raise BadProof("the proof was used before: make one for each request")
    return proof


def insist_holder(place: Context, scheme: str, token: str, jkt: str | None, text: str | None, call: Call) -> None:
    """Raise where whoever sent a verified access token does not show that it is theirs (RFC 9449 §7.1).

    `jkt` is the key that the token is bound to, `text` the header `DPoP`. Raises WrongWay for a bound token sent as
    Bearer, which would make the binding worthless, for an unbound one sent as DPoP, and for a proof of another key;
    BadProof for a proof that is none; CacheAway. A bearer token costs nothing here.
    """
    as_bound = scheme.lower() == SCHEME.lower()
    if jkt is None and not as_bound:
        return
    if jkt is None:
        raise WrongWay("the token is bound to no key: send it as Bearer")
    if not as_bound:
        raise WrongWay("the token is bound to a key: send it as DPoP, with a proof")
    if prove(place, text, call, access_token=token).jkt != jkt:
        raise WrongWay("the token is bound to another key than the one of the proof")


def challenge(error: str, reason: str) -> str:
    """Return the value of `WWW-Authenticate` for a request that came with the scheme DPoP."""
    return f'{CHALLENGE}, error="{error}", error_description="{reason}"'
