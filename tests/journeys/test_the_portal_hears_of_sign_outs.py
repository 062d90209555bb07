"""The sample portal, which developers copy: it ends its own session when Gatehouse says so, and only then."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.portal.sessions import Sessions
from identity.oidc.keys.ring import KeyRing
from tests.journeys.story import THURSDAY, sign_in
from tests.support.logout_receiver import EVENT
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, one_process, person

PRIYA, OTHER = "priya.nair", "tess.alvarez"
NOW = int(THURSDAY.timestamp())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with its demo people and its portal."""
    with one_process(tmp_path_factory.mktemp("portal"), THURSDAY) as made:
        yield made


@pytest.fixture
def visitor(world: OneProcess) -> PageVisitor:
    """A browser in which Priya has signed in at the portal."""
    made = PageVisitor(world.base_url)
    sign_in(made, f"{world.portal_url}/sign-in", PRIYA, person(world, PRIYA)["password"])
    assert welcome(world, made)
    return made


def welcome(world: OneProcess, visitor: PageVisitor) -> bool:
    """Whether the portal knows who this is."""
    visitor.open(world.portal_url + "/")
    return visitor.text.startswith("Welcome")


def test_whoever_signs_out_at_gatehouse_is_signed_out_of_the_portal(world: OneProcess, visitor: PageVisitor) -> None:
    """E21: the portal asks nobody and redirects nobody; it was told."""
    visitor.open("/logout")
    visitor.press("Sign out")
    world.settle()
    assert not welcome(world, visitor)


def test_whoever_signs_out_at_the_portal_comes_back_to_it(world: OneProcess, visitor: PageVisitor) -> None:
    """E20: no question on the way, and the next sign-in asks for the password again."""
    visitor.open(world.portal_url + "/")
    visitor.press("Sign out")
    assert visitor.address == world.portal_url + "/"
    assert not welcome(world, visitor)
    visitor.open(world.portal_url + "/sign-in")
    assert "/login" in visitor.address


def test_the_next_person_at_the_computer_finds_nothing_of_the_one_before(world: OneProcess) -> None:
    """A5: Priya only closed the browser; when somebody else signs in there, the portal has forgotten her."""
    reception = PageVisitor(world.base_url)
    reception.open("/login")
    reception.press("Several people use this computer")
    sign_in(reception, f"{world.portal_url}/sign-in", PRIYA, person(world, PRIYA)["password"])
    kept = PageVisitor(world.base_url)  # whoever had copied her cookie of the portal
    for cookie in list(reception.cookies.jar):
        kept.cookies.jar.set_cookie(cookie)
        if cookie.expires is None:
            reception.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
    assert welcome(world, kept) and not welcome(world, reception)
    sign_in(reception, "/login", OTHER, person(world, OTHER)["password"])
    world.settle()
    assert not welcome(world, kept)


class TestWhatTheyTakeForALogoutToken:
    """ASVS 10.5.5, ASVS 10.6.2: forged logouts and other kinds of token end nothing."""

    @pytest.fixture
    def ring(self, world: OneProcess) -> KeyRing:
        """Gatehouse's own keys: what a token says is wrong, not who signed it."""
        return world.suite.contexts["identity"].part(KeyRing)

    @pytest.fixture
    def sound(self, world: OneProcess, visitor: PageVisitor) -> dict[str, Any]:
        """What a sound token for Priya's session says."""
        with world.suite.contexts["identity"].reading() as session:
            sid = session.connection().exec_driver_sql("SELECT max(session_id) FROM oidc_grants").scalar()
        times = {"iat": NOW, "exp": NOW + 120}
        named = {"iss": world.base_url, "aud": "portal", "sub": "acc", "sid": sid, "jti": "lgt_1"}
        return {**named, **times, "events": {EVENT: {}}}

    def send(self, world: OneProcess, token: str) -> int:
        """Post a token as Gatehouse would."""
        return httpx.post(f"{world.portal_url}/signed-out", data={"logout_token": token}).status_code

    def test_a_sound_one_ends_the_session_and_may_come_twice(
        self, world: OneProcess, visitor: PageVisitor, ring: KeyRing, sound: dict[str, Any]
    ) -> None:
        """Gatehouse repeats itself where our answer was lost; whoever signs in again is not thrown out by the copy."""
        token = ring.sign(sound, typ="logout+jwt", algorithm="ES256")
        assert self.send(world, token) == 200
        assert not welcome(world, visitor)
        assert self.send(world, token) == 200

    @pytest.mark.parametrize(
        "changed",
        [
            {"nonce": "n"},
            {"events": None},
            {"events": [EVENT]},
            {"events": {"https://example.org/event": {}}},
            {"events": {EVENT: None}},
            {"aud": "other"},
            {"aud": ["portal", "other"]},
            {"iss": "https://evil.example"},
            {"sid": None},
            {"jti": None},
            {"iat": NOW + 600},
            {"exp": NOW - 600},
            {"exp": None},
        ],
        ids=str,
    )
    def test_one_that_says_something_else_is_refused(
        self,
        world: OneProcess,
        visitor: PageVisitor,
        ring: KeyRing,
        sound: dict[str, Any],
        changed: Mapping[str, Any],
    ) -> None:
        """Each member on its own is enough."""
        token = ring.sign({**sound, **changed}, typ="logout+jwt", algorithm="ES256")
        assert self.send(world, token) == 400
        assert welcome(world, visitor)

    @pytest.mark.parametrize("typ", ["JWT", "at+jwt", "secevent+jwt"])
    def test_one_of_another_kind_is_refused(
        self, world: OneProcess, visitor: PageVisitor, ring: KeyRing, sound: dict[str, Any], typ: str
    ) -> None:
        """Attack 16."""
        assert self.send(world, ring.sign(sound, typ=typ, algorithm="ES256")) == 400
        assert welcome(world, visitor)

    @pytest.mark.parametrize(
        "forge",
        [
            lambda sound: jwt.encode({"alg": "ES256", "typ": "logout+jwt"}, sound, ECKey.generate_key("P-256")),
            lambda _sound: "",
            lambda _sound: "eyJhbGciOiJub25lIiwidHlwIjoibG9nb3V0K2p3dCJ9.e30.",
            lambda _sound: "x.y.z",
        ],
    )
    def test_one_that_gatehouse_has_not_signed_is_refused(
        self, world: OneProcess, visitor: PageVisitor, sound: dict[str, Any], forge: Callable[[dict[str, Any]], str]
    ) -> None:
        """A key of one's own, nothing, no signature, no token."""
        assert self.send(world, forge(sound)) == 400
        assert welcome(world, visitor)


class TestTheirSessions:
    """What a portal keeps."""

    def test_a_callback_that_finishes_after_the_end_begins_nothing(self) -> None:
        """The token came while the code was being redeemed."""
        kept = Sessions(lambda: 0.0)
        kept.end("ses_1")
        assert not kept.begin("ses_1", {"person": "Priya"})
        assert kept.find("ses_1") == {}

    def test_leaving_is_not_the_end_of_the_sign_in(self) -> None:
        """Whoever signs out here and stays signed in at Gatehouse may come back with the same session."""
        kept = Sessions(lambda: 0.0)
        assert kept.begin("ses_1", {"person": "Priya"})
        kept.leave("ses_1")
        assert kept.find("ses_1") == {} and kept.begin("ses_1", {"person": "Priya"})

    def test_nothing_is_kept_longer_than_a_day(self) -> None:
        """No sign-in at Gatehouse lasts longer."""
        now = [0.0]
        kept = Sessions(lambda: now[0])
        kept.begin("ses_1", {"person": "Priya"})
        kept.end("ses_2")
        now[0] = 24 * 3600.0 + 1
        assert kept.find("ses_1") == {}
        assert kept.begin("ses_2", {"person": "Priya"})


def test_the_cookie_holds_nothing_about_the_person(visitor: PageVisitor, world: OneProcess, tmp_path: Path) -> None:
    """Signed is not secret: no name, no token, no claim."""
    (cookie,) = [one.value for one in visitor.cookies.jar if one.name == "portal"]
    body = str(cookie).split(".")[0]
    assert len(body) < 120
