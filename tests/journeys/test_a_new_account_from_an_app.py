"""From an app's "Create account" to its code: registration in between, and back to the same request (E26)."""

from pathlib import Path

from tests.journeys.story import MANAGED, PASSWORD, THURSDAY, organization, register
from tests.service.identity_oidc.suite import claims_of
from tests.support.pages import PageVisitor
from tests.support.relying_party import NOBODY_THERE, RelyingParty
from tests.support.world import World, one_process

NAME, EMAIL = "Casey Rivers", "casey.rivers@northfield.example"


class Newcomer(PageVisitor):
    """Somebody without an account: wherever an app sends them, they apply first and then go on."""

    def __init__(self, world: World) -> None:
        super().__init__(world.base_url)
        self.world = world

    def open(self, address: str) -> None:
        """Go to an address; on the page that offers an account, take it and follow the way back."""
        if address == "/register":
            return  # they are there: the app brought them, with the way back
        super().open(address)
        if self.text.startswith("Ask for access"):
            practice = organization(self.world, MANAGED)
            register(self.world, self, NAME, EMAIL, practice["tin"], MANAGED)
            assert self.text.startswith("Your application is in"), self.text
            self.follow("Go on and sign in")


def test_e26_a_new_person_comes_back_with_a_code(tmp_path: Path) -> None:
    """They apply, open their account and sign in once; the app gets its own `state`, and a token without functions.

    What they may do is decided later: until then the token speaks of no organization.
    """
    with one_process(tmp_path, THURSDAY) as world:
        party = RelyingParty(world, Newcomer(world), "trial")
        party.sign_in("casey.rivers", PASSWORD, prompt="create", state="of-the-app")
        assert party.returned["state"] == "of-the-app"
        assert party.visitor.visited[-1].startswith(f"GET {NOBODY_THERE}?")
        claims = claims_of(party.tokens["access_token"])
        assert "org" not in claims and not claims.get("functions")
        said = party.userinfo().json()
        assert (said["sub"], said["name"], said["email"]) == (claims["sub"], NAME, EMAIL)
