"""Single claims asked for by their names (OIDC Core §5.5, E25), and what must not come of it (threats 11, 24)."""

import json
from typing import Any

import pytest

from tests.service.identity_oidc.asking import register
from tests.service.identity_oidc.suite import CLINIC, ORIGIN, SECRETS, App, Browser, Suite, claims_of, returned

SECRETS["narrow"] = "n" * 48
ONE, TWO, PHR = "urn:gatehouse:acr:1", "urn:gatehouse:acr:2", "phr"


def asking(**members: Any) -> str:
    """The parameter as an app writes it."""
    return json.dumps(members)


def level(*values: str, essential: bool = True) -> str:
    """Ask for a level in the ID token."""
    return asking(id_token={"acr": {"essential": essential, "values": list(values)}})


class TestByName:
    """A claim is said where it was asked for, beside what the scopes open."""

    def test_e25_in_the_id_token_and_at_userinfo(self, portal: App, browser: Browser) -> None:
        """Each place on its own; essential or not makes no difference to what is true."""
        wanted = asking(id_token={"email": {"essential": True}}, userinfo={"name": None, "population": {}})
        tokens = portal.tokens(browser, scope="openid", claims=wanted)
        said = claims_of(tokens["id_token"])
        assert said["email"] == "pat@lakeside.example" and "name" not in said
        told = portal.userinfo(tokens["access_token"]).json()
        assert (told["name"], told["population"]) == ("Pat Partner", "provider") and "email" not in told

    def test_after_a_refresh_they_are_still_asked_for(self, portal: App, browser: Browser) -> None:
        """The grant remembers."""
        wanted = asking(id_token={"email": None})
        tokens = portal.tokens(browser, scope="openid", claims=wanted)
        again = portal.refresh(tokens["refresh_token"]).json()
        assert claims_of(again["id_token"])["email"] == "pat@lakeside.example"

    def test_the_metadata_says_so(self, suite: Suite) -> None:
        """`claims_parameter_supported`; every level that can be reached is listed."""
        told = suite.http.get("/.well-known/openid-configuration").json()
        assert told["claims_parameter_supported"] is True
        assert told["acr_values_supported"] == [ONE, TWO, PHR]

    def test_what_the_client_may_not_have_is_left_out(self, suite: Suite, browser: Browser) -> None:
        """Registered for `profile` only: an e-mail address is not said, and nothing is refused (OIDC Core §5.5.1)."""
        narrow = register(suite, "narrow", scopes=("openid", "profile"))
        wanted = asking(id_token={"email": {"essential": True}, "name": None}, userinfo={"email": None})
        tokens = narrow.tokens(browser, scope="openid", claims=wanted)
        assert claims_of(tokens["id_token"])["name"] == "Pat Partner"
        assert "email" not in claims_of(tokens["id_token"])
        assert "email" not in narrow.userinfo(tokens["access_token"]).json()

    def test_what_nobody_knows_is_left_out(self, portal: App, browser: Browser) -> None:
        """Unknown claims and members, languages and wished-for values change nothing."""
        wanted = asking(
            id_token={"shoe_size": {"essential": True}, "name#es": None, "email": {"value": "eve@evil.example"}},
            verified_claims={"x": 1},
        )
        said = claims_of(portal.tokens(browser, scope="openid", claims=wanted)["id_token"])
        assert said["email"] == "pat@lakeside.example" and not {"shoe_size", "name#es", "name"} & set(said)

    @pytest.mark.parametrize("claim", ["iss", "aud", "exp", "sid", "grant", "amr", "nonce", "__class__"])
    def test_threat_11_nothing_of_ours_is_overwritten(self, portal: App, browser: Browser, claim: str) -> None:
        """Asking for a claim with a value never sets it."""
        wanted = asking(id_token={claim: {"essential": True, "value": "evil"}})
        said = claims_of(portal.tokens(browser, scope="openid", claims=wanted)["id_token"])
        assert said["iss"] == ORIGIN and "evil" not in said.values()

    def test_organization_claims_come_with_their_scopes(self, portal: App, browser: Browser) -> None:
        """By name alone no token speaks of one, because the person was not asked for which they work."""
        wanted = asking(id_token={"org": None, "functions": None})
        assert not {"org", "functions"} & set(
            claims_of(portal.tokens(browser, scope="openid", claims=wanted)["id_token"])
        )
        tokens = portal.tokens(browser, scope="openid organization", claims=wanted)
        assert claims_of(tokens["id_token"])["org"] == CLINIC

    @pytest.mark.parametrize(
        "text",
        [
            "{",
            "[]",
            "7",
            '"email"',
            "null",
            '{"id_token": ["email"]}',
            '{"id_token": 7}',
            '{"userinfo": {"email": true}}',
            '{"userinfo": {"email": ["essential"]}}',
            '{"id_token": {"acr": {"values": "phr"}}}',
            '{"id_token": {"acr": {"values": [7]}}}',
            '{"id_token": {"sub": {"value": 7}}}',
            "[" * 1100,
            '{"id_token": NaN}',
        ],
    )
    def test_threat_11_what_is_no_request_for_claims(self, portal: App, browser: Browser, text: str) -> None:
        """`invalid_request` with state and iss, whatever it is; never a fault of ours, never a guess."""
        back = returned(portal.authorize(browser, claims=text, state="s"))
        assert (back["error"], back["state"], back["iss"]) == ("invalid_request", "s", ORIGIN)
        assert "GH-OIDC-085" in back["error_description"]

    def test_threat_57_an_endless_one_ends_early(self, portal: App, browser: Browser) -> None:
        """Longer than a request may be: refused before it is read."""
        wanted = asking(id_token={f"c{number}": None for number in range(1000)})
        assert portal.authorize(browser, claims=wanted).status_code == 400


class TestTheLevelAsACondition:
    """An essential `acr` is reached and told, or the sign-in has failed (OIDC Core §5.5.1.1, threat 24)."""

    def test_a_level_that_was_reached_passes(self, suite: Suite, portal: App, pat: str) -> None:
        """Of several the one reached is told."""
        strong = suite.browser(pat, ("pwd", "otp"))
        said = claims_of(portal.tokens(strong, claims=level(PHR, TWO))["id_token"])
        assert said["acr"] == TWO

    def test_threat_24_a_weaker_sign_in_is_led_to_a_stronger(self, portal: App, browser: Browser) -> None:
        """With a page: to sign-in, for the weakest of the levels that would do; without: the error of OIDC."""
        answer = portal.authorize(browser, claims=level(PHR, TWO))
        assert answer.headers["Location"].startswith("/login?ticket=")
        silent = returned(portal.authorize(browser, claims=level(PHR, TWO), prompt="none"))
        assert silent["error"] == "unmet_authentication_requirements"

    def test_threat_24_a_level_nobody_can_reach(self, portal: App, browser: Browser) -> None:
        """Refused at once; as a mere wish it is passed over."""
        back = returned(portal.authorize(browser, claims=level("urn:example:unheard-of")))
        assert (back["error"], back["iss"]) == ("unmet_authentication_requirements", ORIGIN)
        tokens = portal.tokens(browser, claims=level("urn:example:unheard-of", essential=False))
        assert claims_of(tokens["id_token"])["acr"] == ONE

    def test_the_value_comes_back_literally(self, suite: Suite, portal: App, pat: str) -> None:
        """Who reached more has reached that, too; never the other way round."""
        strong = suite.browser(pat, ("pwd", "otp"))
        tokens = portal.tokens(strong, claims=level(ONE))
        said = claims_of(tokens["id_token"])
        assert said["acr"] == ONE and "otp" in said["amr"]
        assert claims_of(tokens["access_token"])["acr"] == ONE

    def test_a_single_value_counts_like_a_list(self, portal: App, browser: Browser) -> None:
        """`value` in place of `values`."""
        wanted = asking(id_token={"acr": {"essential": True, "value": TWO}})
        assert portal.authorize(browser, claims=wanted).headers["Location"].startswith("/login?ticket=")


class TestOnePersonOnly:
    """`sub` with a value names the only person the answer may be about."""

    def test_the_one_who_is_there(self, portal: App, browser: Browser, pat: str) -> None:
        """Goes through."""
        wanted = asking(id_token={"sub": {"value": pat}})
        assert claims_of(portal.tokens(browser, claims=wanted)["id_token"])["sub"] == pat

    def test_threat_23_somebody_else_is_never_put_in_their_place(self, suite: Suite, portal: App, pat: str) -> None:
        """Sign-in with a page, `login_required` without; who comes back as another is refused."""
        olga = suite.browser(suite.person("olga"))
        wanted = asking(id_token={"sub": {"value": pat}})
        assert returned(portal.authorize(olga, claims=wanted, prompt="none"))["error"] == "login_required"
        assert portal.authorize(olga, claims=wanted).headers["Location"].startswith("/login?ticket=")
        back = returned(portal.authorize(olga, claims=wanted, gatehouse_since="1"))
        assert back["error"] == "login_required"

    def test_two_hints_must_agree(self, suite: Suite, portal: App, browser: Browser) -> None:
        """An ID token of one person and a claim about another is no request."""
        hint = portal.tokens(browser)["id_token"]
        wanted = asking(id_token={"sub": {"value": "acc_other"}})
        back = returned(portal.authorize(browser, id_token_hint=hint, claims=wanted))
        assert (back["error"], back["iss"]) == ("invalid_request", ORIGIN)
