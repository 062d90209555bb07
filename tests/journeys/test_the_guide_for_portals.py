"""docs/guides/portal.md works as it stands: every block of Python on the page is run, in order, against the suite."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from access_manager.decisions.decide import EXPLANATIONS
from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import CLIENT_CREDENTIALS, CODE, REFRESH, ClientSpec
from identity.oidc.clients.service import ensure_client
from identity.oidc.commands import clients_group
from identity.oidc.scopes import PERSONAL
from tests.journeys.story import THURSDAY
from tests.service.identity_oidc.suite import claims_of
from tests.support.logout_receiver import LogoutReceiver
from tests.support.pages import PageVisitor
from tests.support.relying_party import NOBODY_THERE
from tests.support.world import OneProcess, code_now, one_process, person

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "portal.md"
PRIYA, ALICE = "priya.nair", "alice.moreno"
SECRET = "of-the-guide-".ljust(48, "x")
HOME = "http://127.0.0.1:9/"


@dataclass
class Portal:
    """What the page's code makes, and the browser of somebody who uses it."""

    world: OneProcess
    code: dict[str, Any]
    visitor: PageVisitor
    receiver: LogoutReceiver

    def sign_in(self, session: dict[str, Any], user_id: str = PRIYA, **more: str) -> None:
        """Go to Gatehouse and come back, typing whatever is asked on the way."""
        answer = self.go(self.code["begin"](session, **more), user_id)
        self.code["finish"](session, answer)

    def go(self, address: str, user_id: str = PRIYA) -> dict[str, str]:
        """Return what Gatehouse sends back to the callback."""
        self.visitor.open(address)
        if not self._back and "Password" in self.visitor.text:
            self.visitor.fill("User ID", user_id)
            self.visitor.fill("Password", person(self.world, user_id)["password"])
            self.visitor.press("Sign in")
        if not self._back:
            self.visitor.fill("6-digit code", code_now(self.world, user_id))
            self.visitor.press("Continue")
        assert self._back, self.visitor.text
        return dict(parse_qsl(urlsplit(self.visitor.visited[-1].removeprefix("GET ")).query))

    @property
    def _back(self) -> bool:
        return self.visitor.visited[-1].startswith(f"GET {NOBODY_THERE}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with its demo people."""
    with one_process(tmp_path_factory.mktemp("guide"), THURSDAY) as made:
        yield made


@pytest.fixture
def portal(world: OneProcess) -> Iterator[Portal]:
    """The page's code, with the addresses of this suite in the place of the page's examples."""
    world.set_clock(THURSDAY)
    with LogoutReceiver() as receiver:
        register(world, receiver.url)
        code = run_blocks(world)
        visitor = PageVisitor(world.base_url)
        visitor.stop_at = HOME  # nobody listens there, nor at the callback below it
        yield Portal(world, code, visitor, receiver)
        code["http"].close()


def register(world: OneProcess, logout: str) -> None:
    """Let the operator register the portal."""
    spec = ClientSpec(
        id="my-portal",
        name="My portal",
        redirect_uris=(NOBODY_THERE,),
        post_logout_redirect_uris=(HOME,),
        minimum_acr=ACR_1,
        scopes=(*PERSONAL, "access.evaluate"),
        grant_types=(CODE, REFRESH, CLIENT_CREDENTIALS),
        audiences=(f"{world.base_url}/api/access",),
        backchannel_logout_uri=logout,
        justification="The guide begins with a password",
    )
    with world.suite.contexts["identity"].transaction() as work:
        ensure_client(work, spec, SECRET)


def run_blocks(world: OneProcess) -> dict[str, Any]:
    """Run every block of Python, in order, and return what they define."""
    given = {
        "https://gatehouse.example": world.base_url,
        "the secret that the operator gave you": SECRET,
        "https://portal.example/callback": NOBODY_THERE,
        "https://portal.example/": HOME,
    }
    code: dict[str, Any] = {"__name__": __name__}  # a Flask app asks beside which file it lives
    for block in blocks():
        for example, ours in given.items():
            block = block.replace(f'"{example}"', f'"{ours}"')
        exec(compile(block, str(GUIDE), "exec"), code)
    code["now"] = lambda: world.now().timestamp()  # the suite's clock stands still
    return code


def blocks() -> list[str]:
    """Return the page's blocks of Python."""
    return re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_somebody_signs_in_and_the_portal_knows_what_the_page_says(portal: Portal) -> None:
    """Discovery, code flow with PKCE, the ID token's checks, userinfo, introspection."""
    session: dict[str, Any] = {}
    portal.sign_in(session)
    assert session["person"]["preferred_username"] == PRIYA
    told = portal.code["who"](session)
    assert told["org"]["kind"] and told["functions"] and told["population"] == "provider"
    assert portal.code["active"](session["tokens"]["access_token"])["sub"] == told["sub"]


def test_every_claim_of_the_table_is_given(portal: Portal) -> None:
    """And no other personal one: what is not listed here is not there."""
    session: dict[str, Any] = {}
    portal.sign_in(session)
    table = GUIDE.read_text(encoding="utf-8").split("| claim | scope |")[1].split("\n\n")[0]
    listed = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    of_protocol = {"iss", "aud", "iat", "exp", "nonce", "at_hash"}
    assert set(session["person"]) - of_protocol == listed


def test_the_sixty_lines_with_a_library_sign_in_and_out(portal: Portal) -> None:
    """The page's Flask app: who signed in and what they may do; the cookie names a session, no more."""
    portal.world.set_clock(datetime.now(UTC))  # the library looks at the machine's
    browser = portal.code["app"].test_client()
    answer = portal.go(browser.get("/sign-in").location)
    liar = browser.get("/callback", query_string={**answer, "iss": "https://evil.example"})
    assert liar.status_code == 400
    assert browser.get("/callback", query_string=answer).location == "/"
    with browser.session_transaction() as cookie:
        assert set(cookie) == {"sid"}
    assert "Priya Nair may" in browser.get("/").text
    portal.visitor.open(browser.post("/sign-out").location)
    assert portal.visitor.visited[-1] == f"GET {HOME}"
    assert "Sign in" in browser.get("/").text


def test_a_refusal_at_the_callback_is_told_by_the_sixty_lines(portal: Portal) -> None:
    """An answer to a question of another browser, and an error that Gatehouse sends back."""
    browser = portal.code["app"].test_client()
    told = browser.get("/callback", query_string={"iss": portal.world.base_url, "code": "x", "state": "of another"})
    assert told.status_code == 403 and "state" in told.text
    told = browser.get("/callback", query_string={"iss": portal.world.base_url, "error": "access_denied"})
    assert told.status_code == 403 and "access_denied" in told.text


def test_the_command_that_registers_the_portal_is_one(portal: Portal) -> None:
    """What the operator types names options that exist, and scopes and grants that the page goes on to use."""
    (command,) = re.findall(
        r"^identity (clients add .*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    words = shlex.split(command.replace("\\\n", " "))
    options = {option for parameter in clients_group.commands["add"].params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options
    scopes = {words[at + 1] for at, word in enumerate(words) if word == "--scope"}
    assert scopes == set(portal.code["SCOPE"].split())


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(portal: Portal) -> None:
    """State and issuer are looked at before the code is sent anywhere."""
    mine, others = {}, {}  # type: dict[str, Any], dict[str, Any]
    answer = portal.go(portal.code["begin"](others))
    portal.code["begin"](mine)
    with pytest.raises(ValueError, match="did not ask"):
        portal.code["finish"](mine, answer)
    with pytest.raises(ValueError, match="somebody else"):
        portal.code["finish"](dict(others), {**answer, "iss": "https://evil.example"})
    portal.code["finish"](others, answer)


def test_a_refusal_comes_with_a_code(portal: Portal) -> None:
    """`prompt=none` where nobody is signed in; a code that is none."""
    session: dict[str, Any] = {}
    with pytest.raises(portal.code["Refused"], match=r"login_required.*GH-OIDC-"):
        portal.sign_in(session, prompt="none")
    with pytest.raises(portal.code["Refused"], match=r"invalid_grant.*GH-OIDC-"):
        portal.code["token"](
            grant_type="authorization_code", code="x", redirect_uri=NOBODY_THERE, code_verifier="v" * 43
        )


def test_tokens_are_refreshed_until_the_sign_in_is_over(portal: Portal) -> None:
    """New tokens each time; afterwards invalid_grant, and userinfo says no."""
    session: dict[str, Any] = {}
    portal.sign_in(session)
    first = session["tokens"]["refresh_token"]
    portal.code["refresh"](session)
    assert session["tokens"]["refresh_token"] != first
    portal.visitor.open(portal.code["sign_out"](dict(session)))
    with pytest.raises(portal.code["Refused"], match="invalid_grant"):
        portal.code["refresh"](session)
    with pytest.raises(portal.code["Refused"], match="invalid_token"):
        portal.code["who"](session)


def test_more_is_asked_for_where_an_act_deserves_it(portal: Portal) -> None:
    """A password first, then the second factor; the sign-in stays the same one."""
    session: dict[str, Any] = {}
    portal.sign_in(session, ALICE)
    sid = session["sid"]
    portal.world.set_clock(THURSDAY + timedelta(minutes=10))
    assert not portal.code["strong_enough"](session)
    portal.sign_in(session, ALICE, acr_values=portal.code["STRONG"], max_age="300")
    assert portal.code["strong_enough"](session) and session["sid"] == sid


def test_a_denial_says_which_sign_in_mends_it(portal: Portal) -> None:
    """M2: a sensitive act after a password is denied with `acr_values`; sent with them, the person may."""
    session: dict[str, Any] = {}
    may = portal.code["may"]
    portal.sign_in(session, ALICE)
    assert may(session, "eligibility.view")["decision"] is True
    denied = may(session, "payment.manage")
    assert (denied["decision"], denied["context"]["reason_code"]) == (False, "step_up_required")
    portal.sign_in(session, ALICE, acr_values=denied["context"]["acr_values"])
    assert may(session, "payment.manage")["decision"] is True


def test_the_table_of_denials_names_every_reason() -> None:
    """And nothing that the decision point does not say."""
    table = GUIDE.read_text(encoding="utf-8").split("| `who_can_fix` | `reason_code` |")[1].split("\n\n")[0]
    listed: dict[str, set[str]] = {}
    role = ""
    for row in table.splitlines()[2:]:
        role = next(iter(re.findall(r"`(\w+)`", row.split("|")[1])), role)
        listed.setdefault(role, set()).update(re.findall(r"`(\w+)`", row.split("|")[2]))
    said: dict[str, set[str]] = {}
    for reason, (_sentence, who) in EXPLANATIONS.items():
        said.setdefault(str(who), set()).add(reason.value)
    del said["None"]
    assert listed == said


def test_signing_out_works_both_ways(portal: Portal) -> None:
    """The portal's button leads back to it; what ended reaches it as a token that its code takes, and takes twice."""
    session: dict[str, Any] = {}
    portal.sign_in(session)
    sessions = {session["sid"]: session}
    portal.visitor.open(portal.code["sign_out"](dict(session)))
    assert portal.visitor.visited[-1] == f"GET {HOME}"
    portal.world.settle()
    (token,) = (one for one in portal.receiver.tokens if claims_of(one)["sid"] in sessions)
    assert portal.code["signed_out"]({"logout_token": token}, sessions) == 200 and sessions == {}
    assert portal.code["signed_out"]({"logout_token": token}, sessions) == 200
    assert portal.code["signed_out"]({"logout_token": session["tokens"]["id_token"]}, sessions) == 400
    assert portal.code["signed_out"]({}, sessions) == 400
