"""The plan `oidcc-basic-certification-test-plan`, and `oidcc-formpost-basic-…` with `form_post`: tokens and claims."""

import pytest

from tests.conformance.harness import answers, id_tokens
from tests.conformance.harness.exchange import Completed, Exchange
from tests.conformance.harness.issuers.roles import BY_POST
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Listener
from tests.conformance.harness.wire import HTTP

pytestmark = pytest.mark.conformance

OF_SCOPE = {
    "profile": (
        *("name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture"),
        *("website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"),
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}  # OIDC Core §5.4


def test_oidcc_server(exchange: Exchange) -> None:
    """E1: sign-in, code, tokens by `client_secret_basic`, a sound ID token, and userinfo (OIDC Core §3.1, E1)."""
    done = exchange.completed()
    assert done.pages[0] == "sign-in"
    exchange.person(done)


def test_oidcc_response_type_missing(exchange: Exchange) -> None:
    """A request without `response_type` is refused, on a page or to the app (RFC 6749 §3.1.1)."""
    sent = exchange.request(response_type=None)
    exchange.open(sent)
    arrived = exchange.arrivals()[-1:]
    if arrived and arrived[0].answer.get("state") == sent["state"]:
        answers.refused(exchange.subject, arrived[0], sent["state"], "invalid_request", "unsupported_response_type")
    else:
        answers.kept_here(exchange.subject, exchange.browser)


def test_oidcc_idtoken_signature(exchange: Exchange) -> None:
    """The ID token is signed with RS256, the default, by a published key that it names (OIDC Core §3.1.3.7, §10.1)."""
    done = exchange.completed()
    header = id_tokens.header_of(done.tokens["id_token"])
    assert header["alg"] == "RS256"
    assert header["kid"] in {key.kid for key in id_tokens.keys(exchange.subject)}


def test_oidcc_idtoken_unsigned(exchange: Exchange) -> None:
    """An issuer that does not offer `none` signs every ID token (OIDC Core §2, ASVS 9.1.2)."""
    assert "none" not in exchange.subject.discovery["id_token_signing_alg_values_supported"]
    text = exchange.completed().tokens["id_token"]
    assert id_tokens.header_of(text)["alg"] != "none"
    assert id_tokens.part(text, 2)


def test_oidcc_userinfo_get(exchange: Exchange) -> None:
    """GET with the access token in the header, for which no ID token stands in (OIDC Core §5.3.1, ASVS 9.2.2, E15)."""
    done = exchange.completed()
    exchange.person(done)
    answers.resource_refusal(exchange.userinfo(done.tokens["id_token"]))


def test_oidcc_userinfo_post_header(exchange: Exchange) -> None:
    """POST with the token in the header (OIDC Core §5.3.1)."""
    done = exchange.completed()
    headers = {"Authorization": f"Bearer {done.tokens['access_token']}"}
    answer = HTTP.post(exchange.subject.discovery["userinfo_endpoint"], headers=headers)
    answers.userinfo(answer, done.claims["sub"])


def test_oidcc_userinfo_post_body(exchange: Exchange) -> None:
    """POST with the token in the form (RFC 6750 §2.2)."""
    done = exchange.completed()
    form = {"access_token": done.tokens["access_token"]}
    answer = HTTP.post(exchange.subject.discovery["userinfo_endpoint"], data=form)
    answers.userinfo(answer, done.claims["sub"])


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(exchange: Exchange) -> None:
    """`nonce` is optional in the code flow, and none comes back (OIDC Core §3.1.2.1)."""
    assert "nonce" not in exchange.completed(nonce=None).claims


def test_oidcc_scope_profile(exchange: Exchange) -> None:
    """`profile` opens the claims of OIDC Core §5.4 and no others (ASVS 10.4.11)."""
    _opens(exchange, "profile")


def test_oidcc_scope_email(exchange: Exchange) -> None:
    """`email` opens `email` and `email_verified` (OIDC Core §5.4)."""
    _opens(exchange, "email")


def test_oidcc_scope_address(exchange: Exchange) -> None:
    """`address` opens `address` where it is offered, and is ignored where it is not (OIDC Core §3.1.2.1, §5.1.1)."""
    _opens(exchange, "address")


def test_oidcc_scope_phone(exchange: Exchange) -> None:
    """`phone` opens `phone_number` and `phone_number_verified` (OIDC Core §5.4)."""
    _opens(exchange, "phone")


def test_oidcc_scope_all(exchange: Exchange) -> None:
    """Every scope of OIDC Core §5.4 at once."""
    _opens(exchange, "profile", "email", "address", "phone")


def test_oidcc_alternate_happy_flow(exchange: Exchange) -> None:
    """Neither the order of the scopes nor that of the parameters matters (RFC 6749 §3.3)."""
    sent = exchange.request(scope="email openid")
    backwards = dict(reversed(sent.items()))
    arrival, _ = exchange.answered(backwards)
    code = answers.authorized(exchange.subject, arrival, sent["state"])
    told = answers.tokens(exchange.redeem(code))
    claims = id_tokens.validated(exchange.subject, exchange.client, told, sent["nonce"], sent)
    assert "email" in exchange.person(Completed(sent, code, (), told, claims))


def test_oidcc_claims_essential(exchange: Exchange) -> None:
    """`claims` asks for the name alone, in userinfo and not in the ID token (OIDC Core §5.5, §5.5.1)."""
    asked = '{"userinfo": {"name": {"essential": true}}}'
    done = exchange.completed(claims=asked)
    told = exchange.person(done)
    if exchange.subject.discovery.get("claims_parameter_supported"):
        assert told["name"]
        assert "name" not in done.claims
        assert "email" not in told


def test_oidcc_server_client_secret_post(subject: Subject, app: Listener, exchange: Exchange) -> None:
    """The same as `oidcc-server` for a client that sends its secret in the form (OIDC Core §9)."""
    by_post = Exchange(subject, app, exchange.request().get("response_mode"), BY_POST)
    by_post.person(by_post.completed())


def _opens(exchange: Exchange, *scopes: str) -> None:
    offered = exchange.subject.discovery
    done = exchange.completed(scope=" ".join(("openid", *scopes)))
    told = exchange.person(done)
    for scope, names in OF_SCOPE.items():
        given = {name for name in names if name in told}
        if scope not in scopes or scope not in offered["scopes_supported"]:
            assert not given, f"{scope} was not asked for, or is not offered"
        else:
            assert given == set(names) & set(offered["claims_supported"]), scope
