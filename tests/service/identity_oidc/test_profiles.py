"""What may be registered, and what one word sets: profiles, and the whole truth about what stands against them."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from identity.mfa.assurance import ACR_1, ACR_2
from identity.oidc.clients.policy import KEEP, PROFILES, ClientSpec
from identity.oidc.clients.profiles import PROFILES as SET_BY
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.registrable import faults
from identity.oidc.clients.service import add, ensure_client, find, rotate_secret
from shared.errors import Problem
from tests.service.identity_oidc.signing import EDDSA, ES256, PS256, public, register, spec
from tests.service.identity_oidc.suite import ORIGIN, App, Browser, Suite

HTTPS = "https://auth.example"
GIVEN: dict[str, dict[str, Any]] = {
    "first-party": {"redirect_uris": ("https://app.example/cb",)},
    "third-party": {"redirect_uris": ("https://app.example/cb",), "purpose": "To show appointments."},
    "native": {"redirect_uris": ("com.example.app:/cb", "http://127.0.0.1/cb", "http://[::1]/cb")},
    "service": {"scopes": ("access.evaluate",)},
    "fapi2": {"redirect_uris": ("https://app.example/cb",), "jwks": public(ES256)},
    "certification": {"redirect_uris": ("https://www.certification.openid.net/test/a/x/callback",)},
}


def sound(profile: str, /, **changes: Any) -> ClientSpec:
    """Return a client of a profile that may be registered, changed."""
    return with_profile(profile, id="claims", name="Claims", **(GIVEN[profile] | changes))


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_and_an_address_make_a_client(suite: Suite, profile: str) -> None:
    """Nothing else has to be known; the same again changes nothing; what is kept is what was said."""
    wanted = sound(profile)
    assert faults(wanted, ORIGIN) == [] and faults(wanted, HTTPS) == []
    with suite.context.transaction() as work:
        secret = add(work, wanted)
        assert (secret is not None) == wanted.has_secret
        assert not ensure_client(work, wanted, secret)
        kept = find(work.session, "claims")
    assert kept is not None
    assert {one.name: getattr(kept, one.name) for one in fields(ClientSpec)} == {
        one.name: getattr(wanted, one.name) for one in fields(ClientSpec)
    }


def test_profiles_are_told_apart_by_what_they_set() -> None:
    """Each with a sentence for the operator; unsaid means the stricter: two factors and PKCE; strangers ask first."""
    assert set(SET_BY) == set(PROFILES)
    assert all(profile.meant_for.endswith(".") for profile in SET_BY.values())
    made = {name: sound(name) for name in PROFILES}
    assert {name for name, one in made.items() if one.minimum_acr != ACR_2 or not one.require_pkce} == {"certification"}
    assert {name for name, one in made.items() if not one.first_party} == {"third-party"}
    assert {name for name, one in made.items() if one.public} == {"native"}
    assert {name for name, one in made.items() if not one.signs_in_people} == {"service"}
    assert {name for name, one in made.items() if one.require_par and one.dpop_bound} == {"fapi2"}
    assert {name for name, one in made.items() if one.refresh_rotation == KEEP} == {"fapi2"}
    assert {name for name, one in made.items() if one.justification} == {"certification"}


def test_what_is_said_counts_more_than_the_profile() -> None:
    """Within what may be registered; a profile that nobody knows is an error of ours."""
    said = sound("native", refresh_grace_seconds=0, first_party=False, purpose="To show appointments.")
    assert (said.refresh_grace_seconds, said.first_party, said.public) == (0, False, True)
    assert faults(said, HTTPS) == []
    with pytest.raises(KeyError):
        with_profile("strongest", id="x", name="X")


def of(profile: str, *lines: tuple[dict[str, Any], str]) -> Iterator[Any]:
    """Changes to a sound client of a profile, each with the field that its sentence begins with."""
    for change, word in lines:
        yield pytest.param(profile, change, word, id=f"{profile}: {', '.join(change)}")


EXAMPLE = "https://app.example/cb"
SHORT = {"kty": "RSA", "n": "gQ" * 85, "e": "AQAB"}
TWO = [ECKey.generate_key("P-256").as_dict(private=False) for _ in range(2)]
NO_KIDS = {"keys": [{name: value for name, value in one.items() if name != "kid"} for one in TWO]}
REFUSED = [
    *of(
        "first-party",
        ({"profile": "other"}, "profile"),
        ({"first_party": False, "purpose": "P."}, "first_party"),
        ({"minimum_acr": ACR_1}, "justification"),
        ({"require_pkce": False}, "justification"),
        ({"any_loopback": True}, "justification"),
        ({"justification": " "}, "justification"),
        ({"justification": "a\nb"}, "justification"),
        ({"justification": "a" * 501}, "justification"),
        ({"purpose": "a" * 301}, "purpose"),
        ({"access_token_seconds": 601}, "access_token_seconds"),
        ({"access_token_seconds": 0}, "access_token_seconds"),
        ({"access_token_format": "paper"}, "access_token_format"),
        ({"grant_hours": 721}, "grant_hours"),
        ({"grant_hours": 0}, "grant_hours"),
        ({"refresh_grace_seconds": 61}, "refresh_grace_seconds"),
        ({"refresh_grace_seconds": -1}, "refresh_grace_seconds"),
        ({"refresh_rotation": "sometimes"}, "refresh_rotation"),
        ({"refresh_rotation": "keep", "refresh_grace_seconds": 5}, "refresh_grace_seconds"),
        ({"redirect_uris": ("com.example.app:/cb",)}, "com.example.app:/cb"),
        ({"redirect_uris": tuple(f"{EXAMPLE}{number}" for number in range(51))}, "redirect_uris"),
        ({"redirect_uris": (EXAMPLE + "a" * 2000,)}, "https://app.example"),
        ({"jwks": public(ES256)}, "jwks"),
        ({"jwks_uri": "https://app.example/keys"}, "jwks"),
        ({"auth_signing_alg": "ES256"}, "jwks"),
        ({"auth_methods": ()}, "grant_types, auth_methods"),
        ({"auth_methods": ("client_secret_basic", "none")}, "auth_methods"),
        ({"auth_methods": ("private_key_jwt",)}, "jwks"),
        ({"auth_methods": ("private_key_jwt",), "jwks": public(ES256), "jwks_uri": "https://app.example/k"}, "jwks"),
        ({"auth_methods": ("private_key_jwt",), "jwks": {"keys": []}}, "jwks"),
        ({"auth_methods": ("private_key_jwt",), "jwks": {"keys": [SHORT]}}, "jwks"),
        ({"auth_methods": ("private_key_jwt",), "jwks": NO_KIDS}, "jwks"),
        ({"auth_methods": ("private_key_jwt",), "jwks": {"keys": [ES256.as_dict(private=True)]}}, "jwks"),
        (
            {"auth_methods": ("private_key_jwt",), "jwks": public(ES256), "auth_signing_alg": "HS256"},
            "auth_signing_alg",
        ),
        ({"auth_methods": ("private_key_jwt",), "jwks": public(ES256), "auth_signing_alg": "PS256"}, "jwks"),
    ),
    *of(
        "third-party",
        ({"purpose": None}, "purpose"),
        ({"first_party": True}, "first_party"),
    ),
    *of(
        "native",
        ({"auth_methods": ("client_secret_basic",)}, "auth_methods"),
        ({"require_pkce": False, "justification": "J."}, "require_pkce"),
        ({"refresh_rotation": "keep", "refresh_grace_seconds": 0}, "refresh_rotation"),
        ({"grant_types": ("client_credentials",)}, "grant_types"),
        ({"grant_types": ("authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange")}, "grant_types"),
        ({"redirect_uris": ("app:/cb",)}, "app:/cb"),
        ({"redirect_uris": ("com.example.app://evil.example/cb",)}, "com.example.app:"),
        ({"redirect_uris": ("com.example.app:cb",)}, "com.example.app:cb"),
        ({"redirect_uris": ("Com.Example.App:/cb",)}, "Com.Example.App:/cb"),
        ({"redirect_uris": ("com.example.app:/cb#x",)}, "com.example.app:/cb#x"),
        ({"redirect_uris": ("com.example.app:/*",)}, "com.example.app:/*"),
        ({"redirect_uris": ("http://[::2]/cb",)}, "http://[::2]/cb"),
        ({"audiences": ("com.example.app:/api",)}, "com.example.app:/api"),
    ),
    *of("service", ({"grant_types": ("authorization_code",), "redirect_uris": (EXAMPLE,)}, "grant_types")),
    *of(
        "fapi2",
        ({"require_par": False}, "require_par"),
        ({"require_pkce": False, "justification": "J."}, "require_pkce"),
        ({"dpop_bound": False}, "dpop_bound"),
        ({"auth_methods": ("private_key_jwt", "client_secret_basic")}, "auth_methods"),
        ({"auth_signing_alg": None}, "auth_signing_alg"),
        ({"auth_signing_alg": "RS256", "jwks": public(PS256)}, "auth_signing_alg"),
        ({"signing_alg": "RS256"}, "signing_alg"),
        ({"refresh_rotation": "rotate"}, "refresh_rotation"),
        ({"grant_types": ("client_credentials",)}, "grant_types"),
        ({"redirect_uris": ("http://127.0.0.1/cb",)}, "redirect_uris"),
        ({"any_loopback": True, "justification": "J."}, "redirect_uris"),
    ),
]


@pytest.mark.parametrize(("profile", "change", "word"), REFUSED)
def test_what_may_not_be_registered(profile: str, change: dict[str, Any], word: str) -> None:
    """Each with a sentence that begins with the field, or with the address that is meant."""
    found = faults(sound(profile, **change), HTTPS)
    assert [fault for fault in found if fault.startswith(word)], found


@pytest.mark.parametrize("field", ["client_uri", "policy_uri", "tos_uri", "jwks_uri", "backchannel_logout_uri"])
@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "javascript://app.example/%0aalert(1)",
        "data:text/html,x",
        "http://app.example/",
        "file:///etc/passwd",
        "//app.example/",
        "https://user@app.example/",
        "https://app.example/ x",
        "https://app.example/#x",
        "",
    ],
)
def test_attack_3_links_and_addresses_that_cannot_be_registered(field: str, uri: str) -> None:
    """Threat 3: whatever we show as a link or call ourselves is https."""
    more = {"auth_methods": ("private_key_jwt",)} if field == "jwks_uri" else {}
    assert faults(sound("first-party", **{field: "https://app.example/x"}, **more), HTTPS) == []
    assert faults(sound("first-party", **{field: uri}, **more), HTTPS)


@pytest.mark.parametrize("field", ["jwks_uri", "backchannel_logout_uri"])
def test_attack_12_addresses_inside_cannot_be_registered(field: str) -> None:
    """Threat 12: told at registration already, where they are numbers; loopback is for the local run alone."""
    more = {"auth_methods": ("private_key_jwt",)} if field == "jwks_uri" else {}
    for host in ("169.254.169.254", "10.0.0.1", "127.0.0.1", "0.0.0.0", "[::1]", "[::ffff:10.0.0.1]"):
        found = faults(sound("first-party", **{field: f"https://{host}/x"}, **more), HTTPS)
        assert [fault for fault in found if fault.startswith(field)]
    local = sound("first-party", **{field: "http://127.0.0.1:9000/x"}, **more)
    assert faults(local, HTTPS)
    assert faults(local, "http://localhost:8000") == []


@pytest.mark.parametrize(("key", "alg"), [(ES256, "ES256"), (PS256, "PS256"), (EDDSA, "EdDSA"), (EDDSA, "Ed25519")])
def test_a_fapi2_client_may_sign_with_each_algorithm_of_the_profile(key: Any, alg: str) -> None:
    """FAPI 2.0 Security Profile §5.4.1: ES256, PS256, EdDSA; never RS256."""
    assert faults(sound("fapi2", jwks=public(key), auth_signing_alg=alg), HTTPS) == []


def test_clients_of_before_work_on_without_a_justification(suite: Suite, portal: App, browser: Browser) -> None:
    """Rules are for registering: what a release finds in the table keeps working (as migration 0010 left it)."""
    with suite.context.database.connection() as connection:
        connection.exec_driver_sql("UPDATE oidc_clients SET justification = NULL, purpose = NULL")
        connection.commit()
    assert "access_token" in portal.tokens(browser)


def test_secrets_belong_to_methods_that_take_one(suite: Suite) -> None:
    """Too short, owed or of no use: refused; a client with a key has none to rotate."""
    for wanted, secret in ((sound("first-party"), "short"), (sound("first-party"), None), (spec("claims"), "s" * 43)):
        with pytest.raises(Problem) as told, suite.context.transaction() as work:
            ensure_client(work, wanted, secret)
        assert told.value.status == 422 and "secret:" in str(told.value.members)
    register(suite, spec("claims"))
    with pytest.raises(Problem) as told, suite.context.transaction() as work:
        rotate_secret(work, "claims", timedelta(0))
    assert told.value.status == 409


def test_a_client_moves_from_a_secret_to_a_key(suite: Suite) -> None:
    """By being registered anew: the old secret is gone with the method."""
    register(suite, spec("claims", auth_methods=("client_secret_basic",), jwks=None, auth_signing_alg=None), "s" * 43)
    form = {"grant_type": "client_credentials"}
    assert suite.http.post("/oauth/token", data=form, auth=("claims", "s" * 43)).status_code == 200
    register(suite, spec("claims"))
    assert suite.http.post("/oauth/token", data=form, auth=("claims", "s" * 43)).status_code == 401
    with suite.context.reading() as session:
        kept = find(session, "claims")
    assert kept is not None and kept.secret_hash == ""
