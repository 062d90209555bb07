"""The plan `oidcc-basic-certification-test-plan`, and `oidcc-formpost-basic-…`: the parameters of a request."""

import json
import secrets

import pytest

from tests.conformance.harness import answers, id_tokens
from tests.conformance.harness.exchange import Completed, Exchange
from tests.conformance.harness.leaving import NEEDS_A_PAGE

pytestmark = pytest.mark.conformance


def test_oidcc_display_page(exchange: Exchange) -> None:
    """`display=page` shows the sign-in page (OIDC Core §3.1.2.1)."""
    assert "sign-in" in exchange.completed(display="page").pages


def test_oidcc_display_popup(exchange: Exchange) -> None:
    """`display=popup` too: how it looks is for the issuer to decide (OIDC Core §3.1.2.1)."""
    assert "sign-in" in exchange.completed(display="popup").pages


def test_oidcc_prompt_login(exchange: Exchange) -> None:
    """`prompt=login` asks again although the person is signed in; `auth_time` is later (OIDC Core §3.1.2.1)."""
    first = exchange.completed()
    exchange.subject.wait(2)
    second = exchange.completed(prompt="login")
    assert "sign-in" in second.pages
    _signed_in_again(first, second)


def test_oidcc_prompt_none_not_logged_in(exchange: Exchange) -> None:
    """`prompt=none` with nobody there is refused without a page (OIDC Core §3.1.2.1, §3.1.2.6)."""
    exchange.refused(*NEEDS_A_PAGE, prompt="none")


def test_oidcc_prompt_none_logged_in(exchange: Exchange) -> None:
    """`prompt=none` with somebody there answers at once, for the same sign-in (OIDC Core §3.1.2.1)."""
    first = exchange.completed()
    _same_sign_in(first, exchange.completed(prompt="none"))


def test_oidcc_max_age_1(exchange: Exchange) -> None:
    """`max_age=1` two seconds later asks again; `auth_time` is there and later (OIDC Core §2, §3.1.2.1)."""
    first = exchange.completed()
    exchange.subject.wait(3)
    second = exchange.completed(max_age="1")
    assert "sign-in" in second.pages
    assert "auth_time" in second.claims
    _signed_in_again(first, second)


def test_oidcc_max_age_10000(exchange: Exchange) -> None:
    """`max_age=10000` a moment later asks for nothing, and says when the person signed in (OIDC Core §2)."""
    first = exchange.completed()
    second = exchange.completed(max_age="10000")
    assert "auth_time" in second.claims
    _same_sign_in(first, second)


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(exchange: Exchange) -> None:
    """Parameters that nobody knows are ignored (RFC 6749 §3.1, OIDC Core §3.1.2.1)."""
    exchange.completed(extra="foobar")


def test_oidcc_id_token_hint(exchange: Exchange) -> None:
    """`prompt=none` with the ID token of whoever is signed in answers at once (OIDC Core §3.1.2.1, §3.1.2.2)."""
    first = exchange.completed()
    _same_sign_in(first, exchange.completed(prompt="none", id_token_hint=first.tokens["id_token"]))


def test_oidcc_login_hint(exchange: Exchange) -> None:
    """`login_hint` is in its field already, and the sign-in succeeds (OIDC Core §3.1.2.1)."""
    exchange.open(exchange.request(login_hint=exchange.subject.person))
    assert exchange.browser.shows(exchange.subject.person)
    assert "sign-in" in exchange.completed(login_hint=exchange.subject.person).pages


def test_oidcc_ui_locales(exchange: Exchange) -> None:
    """The first language that the issuer offers is spoken; those it does not are no error (OIDC Core §3.1.2.1)."""
    exchange.completed(ui_locales="se no")
    for language in exchange.subject.discovery.get("ui_locales_supported", []):
        exchange.browser = exchange.subject.browser()
        exchange.open(exchange.request(ui_locales=f"se {language}"))
        assert exchange.browser.language == language


def test_oidcc_claims_locales(exchange: Exchange) -> None:
    """Nor are languages of claims (OIDC Core §5.2)."""
    exchange.completed(claims_locales="se")


def test_oidcc_ensure_request_with_acr_values_succeeds(exchange: Exchange) -> None:
    """Asking for every level that is offered succeeds, and the ID token says which it was (OIDC Core §3.1.2.1)."""
    offered = exchange.subject.discovery.get("acr_values_supported", [])
    claims = exchange.completed(acr_values=" ".join(offered or ["1", "2"])).claims
    if offered:
        assert claims["acr"] in offered


def test_oidcc_ensure_registered_redirect_uri(exchange: Exchange) -> None:
    """An address that is not registered is never gone to: a page says so (OIDC Core §3.1.2.1, ASVS 10.4.1)."""
    elsewhere = f"{exchange.client.redirect_uri}/{secrets.token_hex(4)}"
    exchange.open(exchange.request(redirect_uri=elsewhere))
    answers.kept_here(exchange.subject, exchange.browser)
    assert exchange.arrivals() == []


def test_oidcc_ensure_post_request_succeeds(exchange: Exchange) -> None:
    """The request may come as a form (OIDC Core §3.1.2.1), though the browser sends no cookie with it."""
    sent = exchange.request()
    arrival, _ = exchange.answered(sent, "POST")
    code = answers.authorized(exchange.subject, arrival, sent["state"])
    answers.tokens(exchange.redeem(code))


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(exchange: Exchange) -> None:
    """`request_uri` of somebody's server is refused by its name, never fetched (OIDC Core §6.2, threat 12)."""
    assert exchange.subject.discovery.get("request_uri_parameter_supported", True) is False
    exchange.refused("request_uri_not_supported", request_uri="https://app.example/request.jwt")


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(exchange: Exchange) -> None:
    """`request` is refused by its name, never ignored (OIDC Core §3.1.2.6, §6.1, threat 11)."""
    inside = exchange.request()
    asked = {name: inside[name] for name in ("state", "nonce")}
    exchange.refused("request_not_supported", request=_unsigned(exchange, inside), **asked)


def test_oidcc_ensure_request_object_with_redirect_uri(exchange: Exchange) -> None:
    """A request object does not lead past the registered addresses: what is outside counts, and stays here."""
    elsewhere = f"{exchange.client.redirect_uri}/{secrets.token_hex(4)}"
    inside = exchange.request()
    exchange.open(exchange.request(request=_unsigned(exchange, inside), redirect_uri=elsewhere))
    answers.kept_here(exchange.subject, exchange.browser)
    assert exchange.arrivals() == []


def _unsigned(exchange: Exchange, inside: dict[str, str]) -> str:
    """A request object with `alg: none` (OIDC Core §6.1)."""
    body = {**inside, "iss": exchange.client.client_id, "aud": exchange.subject.issuer}
    parts = ({"alg": "none"}, body)
    return ".".join(id_tokens.encoded(json.dumps(part).encode()) for part in parts) + "."


def _same_sign_in(first: Completed, second: Completed) -> None:
    assert second.pages == ()
    assert second.claims["sub"] == first.claims["sub"]
    if "auth_time" in first.claims and "auth_time" in second.claims:
        assert second.claims["auth_time"] == first.claims["auth_time"]


def _signed_in_again(first: Completed, second: Completed) -> None:
    assert second.claims["sub"] == first.claims["sub"]
    if "auth_time" in first.claims and "auth_time" in second.claims:
        assert second.claims["auth_time"] > first.claims["auth_time"]
