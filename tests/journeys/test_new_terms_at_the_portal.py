"""New terms of use in the middle of a day: the portal says why, leads to them, and the same act is permitted."""

from pathlib import Path

from identity.terms import service as terms
from tests.journeys.story import THURSDAY, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import one_process, person

ALICE = "alice.moreno"


def test_whoever_is_at_work_reads_the_new_terms_and_goes_on(tmp_path: Path) -> None:
    """M2, F10: denied at the next act with a sentence and a button; one tick later the work goes on."""
    with one_process(tmp_path, THURSDAY) as world:
        alice = PageVisitor(world.base_url)
        sign_in(alice, f"{world.portal_url}/sign-in", ALICE, person(world, ALICE)["password"])
        alice.press("Submit a precertification")
        assert alice.text.startswith("Permitted"), alice.text
        with world.suite.contexts["identity"].transaction() as work:
            terms.publish(work, "Look only at what your work needs.", "Mire solo lo necesario.", work.now)
        world.settle()
        alice.open(f"{world.portal_url}/")
        alice.press("Submit a precertification")
        assert alice.text.startswith("Not permitted") and "There are new terms of use." in alice.text
        alice.follow("Read the terms")
        assert "/login/terms" in alice.address and "Look only at what your work needs." in alice.text
        alice.choose("I have read the terms and accept them")
        alice.press("Continue")
        world.settle()
        assert alice.address.startswith(world.portal_url), alice.text
        alice.press("Submit a precertification")
        assert alice.text.startswith("Permitted"), alice.text
