"""A registration as a form: every field is asked for, and what is shown, typed back and read is the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from identity.clients_desk import fields, showing
from identity.clients_desk.programs.schemas import ClientChangeIn
from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import POLICY_FIELDS, PROFILES, Client, ClientSpec
from identity.oidc.clients.profiles import with_profile
from identity.oidc.registration.changing import differences, objections
from shared.i18n import Message, translations
from tests.service.identity_oidc.signing import ES256, public
from tests.service.identity_oidc.suite import MONDAY, ORIGIN

ENGLISH = translations("en")
LOCALE = Path(fields.__file__).parents[1] / "locale"
FULL = ClientSpec(
    id="full",
    name="Full house",
    profile="first-party",
    redirect_uris=("https://full.example/a", "https://full.example/b?x=1"),
    post_logout_redirect_uris=("https://full.example/",),
    minimum_acr=ACR_1,
    scopes=("openid", "profile"),
    populations=("provider", "staff"),
    audiences=("https://api.example",),
    signing_alg="RS256",
    auth_methods=("private_key_jwt",),
    auth_signing_alg="ES256",
    jwks=public(ES256),
    dpop_bound=True,
    refresh_grace_seconds=7,
    backchannel_logout_uri="https://full.example/out",
    policy_uri="https://full.example/privacy",
    justification="A trial of every field there is.",
)


def sent(spec: ClientSpec, **changes: str) -> dict[str, list[str]]:
    """What a browser sends for the form of a registration."""
    form: dict[str, list[str]] = {}
    for field in fields.asked_of(spec.profile):
        shown = fields.typed(field, getattr(spec, field.name))
        form[field.name] = list(shown) if isinstance(shown, tuple) else [str(shown)]
    return form | {name: [text] for name, text in changes.items()}


def test_every_field_of_a_registration_is_asked_for() -> None:
    """A field that is added without a label, or left out of the API, fails here."""
    assert set(fields.BY_NAME) | fields.ELSEWHERE == set(POLICY_FIELDS)
    assert len(fields.FIELDS) == len(fields.BY_NAME)
    assert set(ClientChangeIn().fields) == set(POLICY_FIELDS) - {"enabled"}
    assert {field.group for field in fields.FIELDS} == set(fields.GROUPS)


def test_every_kind_has_a_name_and_a_meaning() -> None:
    """The pages speak of kinds in words."""
    assert set(showing.PROFILE_NAMES) == set(showing.PROFILE_MEANINGS) == set(PROFILES)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_shown_and_sent_back_is_the_same(profile: str) -> None:
    """Opening a form and saving it changes nothing, whatever the kind."""
    spec = with_profile(profile, id="same", name="Same", redirect_uris=("https://same.example/cb",))
    values, errors = fields.read(profile, sent(spec))
    assert errors == {}
    assert differences(spec, replace(spec, **values)) == {}


def test_every_single_value_survives_the_form() -> None:
    """Lists, numbers, switches, keys: as they were."""
    values, errors = fields.read(FULL.profile, sent(FULL))
    assert errors == {}
    assert replace(FULL, **values) == FULL
    assert objections(FULL, ORIGIN) == []


@pytest.mark.parametrize("text", ["[1]", "x", '{"a": "\\u0000"}', '{"a": "\\ud800"}', "NaN", '{"a":' * 3000])
def test_what_is_no_key_set_is_said_beside_the_field(text: str) -> None:
    """No database error, and no crash, for what somebody pastes."""
    _, errors = fields.read(FULL.profile, sent(FULL, jwks=text))
    assert list(errors) == ["jwks"]


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "99999999", "\N{FULLWIDTH DIGIT SIX}00"])
def test_what_is_no_number_is_said_beside_the_field(text: str) -> None:
    """Digits only."""
    _, errors = fields.read(FULL.profile, sent(FULL, access_token_seconds=text))
    assert errors == {"access_token_seconds": "Enter a whole number"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"redirect_uris": ("http://full.example/",)}, "redirect_uris"),
        ({"post_logout_redirect_uris": ("javascript:x",)}, "post_logout_redirect_uris"),
        ({"audiences": ("ftp://x",)}, "audiences"),
        ({"policy_uri": "data:x"}, "policy_uri"),
        ({"access_token_seconds": 7}, "access_token_seconds"),
        ({"jwks": None}, "jwks"),
        ({"justification": None}, "justification"),
        ({"name": "123456789"}, "name"),
        ({"id": "x"}, "id"),
    ],
)
def test_each_sentence_stands_at_its_field(changes: dict[str, Any], field: str) -> None:
    """The summary leads to what is to be mended."""
    spec = replace(FULL, **changes)
    assert field in fields.by_field(objections(spec, ORIGIN), spec, translations("en"))


WRONG: tuple[Any, ...] = (
    *(None, "", "zzqx", "a\x07", (), ("zzqx",), ("http://zzqx/", "zzqx"), 0, 10**9, True, False, {"keys": 7}),
)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_spanish_form_answers_in_spanish(profile: str) -> None:
    """Every field of every profile, filled wrong in every way that its type allows: no sentence stays English."""
    spoken, english = translations("es", LOCALE), set()
    for name in POLICY_FIELDS:
        for wrong in (each for each in WRONG if fits(name, each)):
            spec = replace(FULL, profile=profile, **({name: wrong} if name != "profile" else {}))
            told = objections(spec, ORIGIN)
            assert all(isinstance(each.values["fault"], Message) for each in told)
            english |= {str(each) for each in told if spoken.render(each) == str(each)}
    assert {each.partition(": ")[2] for each in english} <= {"use https"}, "the same in both languages"


def fits(name: str, wrong: object) -> bool:
    """Whether the form could make this of the field: its own kind, or nothing where there may be nothing."""
    may_be_empty = type(None) in get_args(get_type_hints(ClientSpec)[name])
    return may_be_empty if wrong is None else type(wrong) is type(getattr(FULL, name))


def test_beside_its_field_a_sentence_does_not_name_it() -> None:
    """It begins like a sentence there, in either language."""
    spec = replace(FULL, name="", access_token_seconds=7)
    spanish = fields.by_field(objections(spec, ORIGIN), spec, translations("es", LOCALE))
    assert spanish["name"] == "Use de 1 a 100 caracteres imprimibles"
    english = fields.by_field(objections(spec, ORIGIN), spec, translations("en"))
    assert english["name"] == "Use 1 to 100 printable characters"


def test_the_grave_comes_first_and_is_explained() -> None:
    """Where codes go matters more than a name."""
    changed = replace(FULL, name="Other", redirect_uris=("https://other.example/",), require_pkce=False)
    first, second, last = showing.lines(ENGLISH, differences(FULL, changed))
    assert first.grave and second.grave and last.grave is None
    assert (last.label, last.standard, last.before, last.after) == (
        "Name that people see",
        "client_name",
        "Full house",
        "Other",
    )


def test_switching_off_is_no_field() -> None:
    """It has an act of its own, with a reason; a change never brings it along."""
    assert differences(FULL, replace(FULL, enabled=False)) == {}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"enabled": False}, "It is switched off"),
        ({"any_loopback": True}, "own machine may take its codes"),
        ({"require_pkce": False}, "without PKCE"),
        ({"redirect_uris": ("http://localhost/cb",)}, "are http"),
        ({"backchannel_logout_uri": None}, "not told when a person signs out"),
        ({"post_logout_redirect_uris": ()}, "cannot bring people back"),
        ({"previous_secret_until": MONDAY.replace(year=2030)}, "former secret still works"),
    ],
)
def test_what_deserves_a_look_is_said(changes: dict[str, Any], said: str) -> None:
    """The self-check speaks also where nothing has failed yet."""
    client = replace(Client(**vars(FULL)), **changes)
    assert said in " ".join(showing.remarks(client, MONDAY))


def test_a_program_departs_from_nothing() -> None:
    """Levels of sign-in and PKCE mean nothing where nobody signs in."""
    assert showing.weaker(with_profile("service", id="robot", name="Robot", minimum_acr=ACR_1)) == []
    assert len(showing.weaker(with_profile("certification", id="plan", name="Plan"))) == 2
