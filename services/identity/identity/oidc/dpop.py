"""Proofs of possession at our own doors (RFC 9449 §5, §8 and §10): token endpoint, pushed requests, userinfo.

client ── proof without nonce ──▶ token endpoint      only clients registered with dpop_bound are asked for a nonce;
client ◀─ use_dpop_nonce, DPoP-Nonce: n ── us         every answer to them brings the one to use next
client ── proof with nonce n ──▶ tokens, bound to the key of the proof
"""

from dataclasses import replace

from identity.oidc.clients.policy import Client
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.tokens import NONCE_WANTED, PROOF_REFUSED
from shared.auth.dpop import BadProof, NonceWanted, nonces
from shared.auth.possession import HEADER, Call, prove
from shared.service import Context
from shared.web.express import Asked

NONCE_HEADER = "DPoP-Nonce"


def proof_of_request(place: Context, asked: Asked, client: Client) -> str | None:
    """Return the thumbprint of the key that this request proves to hold, or None where no proof came; raises Refused.

    A proof counts once, so this is called once per request. A client that is asked for a nonce gets the next one with
    whatever answers this request, refusals too (RFC 9449 §8.2).
    """
    wanted = nonces(place.settings.secret_keys, place.clock.now()) if client.dpop_bound else None
    if wanted:
        asked.bring(NONCE_HEADER, wanted[0])
    text = asked.header(HEADER)
    if text is None:
        return None
    try:
        proof = prove(place, text, Call(asked.method, asked.path), nonces=wanted)
    except NonceWanted as error:
        raise Refused(NONCE_WANTED) from error
    except BadProof as error:
        raise refused_proof(str(error)) from error
    return proof.jkt


def refused_proof(reason: str, status: int = 400) -> Refused:
    """Return the refusal of a proof with its reason: a sentence of ours, so that an honest developer can mend it."""
    return Refused(replace(PROOF_REFUSED, why=f"The DPoP proof is not good: {reason}.", status=status))
