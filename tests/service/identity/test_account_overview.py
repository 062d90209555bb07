"""A person's own pages: the overview, for whom they work, their language, and the frame around all of them."""

from datetime import timedelta

import httpx
import pytest

from identity.policies import service as policies
from identity.policies.rules import OrganizationPolicy
from tests.service.identity.world import MEG, NEW, OLA, PAT, World, membership
from tests.support.pages import PageVisitor

BILLING = {"id": "org_billing", "name": "Billing Partners", "kind": "billing_company", "contracted": False}


@pytest.fixture
def pat(world: World) -> str:
    """Pat, who works for two organizations."""
    (pat,) = world.seed(PAT)
    world.tell("membership.granted", membership(pat))
    other = membership(pat, membership_id="mbr_2", organization={**BILLING, "tin_last4": None}, functions=[])
    world.tell("membership.granted", other)
    return pat


def token_of(visitor: PageVisitor) -> str:
    """The form token of the page."""
    return visitor.answer.text.split('name="csrf_token" value="')[1].split('"')[0]


def send(world: World, visitor: PageVisitor, path: str, **fields: str) -> httpx.Response:
    """Send a form from the page the visitor is on, with whatever fields."""
    data = {"csrf_token": token_of(visitor), **fields}
    return visitor._http.post(f"{world.origin}{path}", data=data, headers={"Origin": world.origin})


class TestTheOverview:
    """`/account`."""

    def test_tasks_are_said_in_plain_words(self, world: World) -> None:
        """Not the names of functions; a function that is newer than the words shows its name."""
        (pat,) = world.seed(PAT)
        world.tell(
            "membership.granted", membership(pat, functions=["claims.submit", "moon.view", "claims.status.view"])
        )
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        page = visitor.answer.text
        assert page.index("See patient claims") < page.index("Send claims") < page.index("moon.view")
        assert "claims.submit" not in visitor.text

    def test_it_names_the_one_thing_to_do_next(self, world: World) -> None:
        """A second way to sign in for who has none; the managers' console for a manager who has enough."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        assert "A password alone can be stolen." in visitor.text
        assert visitor.leads_to("Add a sign-in method").endswith("/account/methods")

    def test_every_page_of_the_account_is_one_link_away(self, world: World) -> None:
        """Seven links, the page one is on marked, none of them dead; who is signed in stands in the head."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        links = ("Overview", "Sign-in methods", "Devices", "Activity", "E-mail and phone", "Language", "Apps")
        for link in links:
            visitor.open("/account")
            visitor.follow(link)
            assert visitor.answer.status_code == 200, link
            assert "Pat Partner" in visitor.answer.text, link
            assert 'aria-current="page"' in visitor.answer.text.split("gh-account__nav")[1].split("</nav>")[0], link

    def test_a_pending_person_sees_where_they_stand_and_reaches_their_own_pages(self, world: World) -> None:
        """No functions, no organization; what happens next is a link, and so are methods and contact points."""
        world.seed(NEW)
        visitor = world.signed_in(NEW)
        visitor.open("/account")
        assert "Your registration is being looked at" in visitor.text
        assert visitor.leads_to("See what happens next, and by when").endswith("/register/status")
        visitor.follow("E-mail and phone")
        assert visitor.answer.status_code == 200

    def test_nothing_of_a_person_stays_in_caches(self, world: World) -> None:
        """threat 47: `no-store` on every page of the account, and on the answer to the countdown."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        for path in ("/account", "/account/language", "/account/apps", "/account/session", "/account/session/x.css"):
            visitor.open(path)
            assert visitor.answer.headers["Cache-Control"] == "no-store", path

    def test_what_people_typed_is_text(self, world: World) -> None:
        """threat 46: names of organizations are shown as they are, never run."""
        (pat,) = world.seed(PAT)
        facts = {"id": "org_x", "name": "<script>{{7*7}}</script> Practice", "kind": "practice", "contracted": True}
        world.tell("membership.granted", membership(pat, organization={**facts, "tin_last4": None}))
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        assert "<script>{{" not in visitor.answer.text and "{{7*7}}" in visitor.text and "49" not in visitor.text


class TestSwitching:
    """One organization at a time (A6, domain §4)."""

    def test_it_needs_no_new_sign_in(self, world: World, pat: str) -> None:
        """The same session works for the other one from now on; the head says so; it is audited with both."""
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        visitor.choose("Billing Partners")
        visitor.press("Work for this one now")
        assert "You now work for Billing Partners." in visitor.text
        assert 'usa-header__organization">Billing Partners' in visitor.answer.text
        visitor.choose("Lakeside Family Practice")
        visitor.press("Work for this one now")
        assert "You now work for Lakeside Family Practice." in visitor.text
        assert [action for action, _ in world.audited()].count("session.organization_chosen") >= 2
        assert len(world.published("session.started")) == 1 and not world.published("session.ended")

    @pytest.mark.parametrize("wanted", ["org_of_somebody_else", "org_clinic' OR 1=1", "x" * 500])
    def test_only_ones_own(self, world: World, pat: str, wanted: str) -> None:
        """threat 35: 404 for any other, alike."""
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        assert send(world, visitor, "/account/organization", organization_id=wanted).status_code == 404

    def test_choosing_none_is_said_on_the_page(self, world: World, pat: str) -> None:
        """The error stands at the question, and nothing else is lost."""
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        visitor.press("Work for this one now")
        assert visitor.answer.status_code == 422
        assert "Choose the organization you are working for now" in visitor.text and "Pat Partner" in visitor.text

    def test_a_membership_that_ended_meanwhile_is_none(self, world: World, pat: str) -> None:
        """The page was open too long."""
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        over = membership(pat, membership_id="mbr_2", organization={**BILLING, "tin_last4": None}, status="removed")
        world.tell("membership.removed", over, sequence=2)
        assert send(world, visitor, "/account/organization", organization_id="org_billing").status_code == 404

    def test_an_organization_that_asks_for_more_asks_first(self, world: World, pat: str) -> None:
        """B5: the switch itself is refused until the sign-in is strong enough."""
        stronger = OrganizationPolicy(minimum_acr="urn:gatehouse:acr:2")
        with world.context.transaction() as work:
            policies.set_organization(work, "org_billing", stronger, "Their contract asks for two factors.")
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        answer = send(world, visitor, "/account/organization", organization_id="org_billing")
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/login?ticket=")
        assert "session.organization_chosen" not in [action for action, _ in world.audited()]


class TestTheLanguage:
    """`/account/language`."""

    def test_letters_and_pages_follow(self, world: World) -> None:
        """One choice for the mails and for this browser, told in the new language."""
        (pat,) = world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open("/account/language")
        visitor.choose("Español")
        visitor.press("Save")
        assert visitor.answer.headers["Content-Language"] == "es"
        visitor.open("/account")
        assert visitor.answer.headers["Content-Language"] == "es"
        with world.api("accounts.read") as caller:
            assert caller.get(f"/api/identity/v1/accounts/{pat}").status_code == 200
        assert ("account.language_chosen", pat) in world.audited()

    @pytest.mark.parametrize("wanted", ["", "fr", "../es", "en\x00"])
    def test_only_what_is_offered(self, world: World, wanted: str) -> None:
        """Anything else is said to be no choice, and changes nothing."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open("/account/language")
        answer = send(world, visitor, "/account/language", language=wanted)
        assert answer.status_code == 422 and "There is a problem" in answer.text
        assert "account.language_chosen" not in [action for action, _ in world.audited()]

    @pytest.mark.parametrize("path", ["/account/language", "/account/organization"])
    def test_another_site_changes_nothing(self, world: World, path: str) -> None:
        """threat 21: a form from elsewhere, or without our token, is refused."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open("/account/language")
        data = {"csrf_token": token_of(visitor), "language": "es"}
        for headers, body in (
            ({"Origin": "https://evil.example"}, data),
            ({"Origin": world.origin}, {"language": "es"}),
        ):
            assert visitor._http.post(f"{world.origin}{path}", data=body, headers=headers).status_code == 403


def left(world: World, visitor: PageVisitor) -> int:
    """What the countdown is told."""
    return int(visitor._http.get(f"{world.origin}/account/session").json()["seconds"])


class TestTheFrame:
    """What the shell shows on every page of one's own."""

    def test_the_countdown_knows_the_organization_s_time(self, world: World) -> None:
        """Ten minutes at this organization: on the page, and in the answer to its question, which is not use."""
        (pat,) = world.seed(PAT)
        world.tell("membership.granted", membership(pat))
        with world.context.transaction() as work:
            held = OrganizationPolicy(idle_minutes=10)
            policies.set_organization(work, "org_clinic", held, "Screens stand at the counter.")
        visitor = world.signed_in(PAT)
        visitor.open("/account?came=back")
        assert 'data-session="600"' in visitor.answer.text
        assert 'data-ended="/logout/idle?minutes=10&amp;back=%2Faccount%3Fcame%3Dback"' in visitor.answer.text
        world.clock.advance(timedelta(minutes=8))
        assert left(world, visitor) == 120
        assert left(world, visitor) == 120
        assert send(world, visitor, "/account/session").json() == {"seconds": 600}
        world.clock.advance(timedelta(minutes=10, seconds=1))
        assert left(world, visitor) == 0
        assert send(world, visitor, "/account/session").json() == {"seconds": 0}

    def test_the_page_of_idle_people_leads_back_and_nowhere_else(self, world: World) -> None:
        """threat 25: a path of ours is a link; anything a browser could take for another origin leads to the start."""
        visitor = world.browser()
        visitor.open("/logout/idle?minutes=1&back=/account/language")
        assert "Nothing happened for 1 minute, so" in visitor.text
        assert visitor.leads_to("Sign in again").endswith("/account/language")
        for evil in (
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "",
            "/%0d%0ax",
        ):
            visitor.open(f"/logout/idle?minutes=abc&back={evil}")
            assert "Nothing happened for a while" in visitor.text
            where = visitor.leads_to("Sign in again")
            assert "evil" not in where and "javascript" not in where, evil

    @pytest.mark.parametrize("path", ["/account", "/account/language", "/account/apps", "/account/devices"])
    def test_leaving_sign_in_half_way_opens_nothing(self, world: World, path: str) -> None:
        """threat 32: staff and whoever has a second factor prove it, also where they open the page directly."""
        world.seed(OLA, MEG)
        for someone, step in ((OLA, "/login/enrol"), (MEG, "/login/prove")):
            visitor = world.signed_in(someone)
            visitor.open(path)
            assert step in visitor.address, someone.user_id

    def test_a_manager_without_a_second_factor_enrols_first(self, world: World) -> None:
        """Two factors are required of managers (domain §5), from the moment they are one."""
        (pat,) = world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open("/account")
        assert visitor.address.endswith("/account")
        world.tell("membership.granted", membership(pat, role="manager"))
        visitor.open("/account")
        assert "/login/enrol" in visitor.address
