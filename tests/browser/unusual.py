"""Somebody who signs in with everything against them, and people whose account is on hold or closed."""

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from availability.gate.crossings import announce
from availability.maintenance import service as maintenance
from availability.maintenance.states import Wish
from identity.accounts import service as accounts
from identity.policies import service as policies
from identity.terms import service as terms
from shared.service import SYSTEM
from tests.journeys.story import PASSWORD, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, person

if TYPE_CHECKING:
    from tests.browser.scene import Applicant, Scene


def arrive(scene: "Scene") -> PageVisitor:
    """Una, in a browser that nobody knows, after somebody guessed at her password."""
    una = _guessed_at(scene)
    visitor = PageVisitor(scene.world.base_url)
    sign_in(visitor, "/account", una.user_id, PASSWORD)
    scene.world.settle()
    assert "/login/verify" in visitor.address, visitor.text
    return visitor


def refused(scene: "Scene") -> PageVisitor:
    """The same in a suite that refuses what others verify."""
    with cast("OneProcess", scene.world).suite.contexts["identity"].transaction(SYSTEM) as work:
        policies.set_policy(work, "risk_deny", 60, "Fraud in November, decided by the security officer.")
    _guessed_at(scene)
    return PageVisitor(scene.world.base_url)


def resting(scene: "Scene") -> PageVisitor:
    """A browser in which a name was tried until it rests; nobody has this name."""
    for _ in range(10):
        sign_in(PageVisitor(scene.world.base_url), "/account", "nobody.rests", "not the password at all")
        scene.world.set_clock(scene.world.now() + timedelta(minutes=1))
    return PageVisitor(scene.world.base_url)


def unread(scene: "Scene") -> PageVisitor:
    """Priya at terms that are in force since now."""
    with cast("OneProcess", scene.world).suite.contexts["identity"].transaction(SYSTEM) as work:
        terms.publish(work, "Look only at what your work needs.", "Mire solo lo que su trabajo necesita.", work.now)
    visitor = scene.signed_in("priya.nair", "/register/status")
    assert "/login/terms" in visitor.address, visitor.text
    scene.places["terms"] = visitor.address
    return visitor


def held(scene: "Scene") -> PageVisitor:
    """A browser in front of an account that the desk holds."""
    return _with(scene, "Hal Pine", close=False)


def closed(scene: "Scene") -> PageVisitor:
    """A browser in front of an account that is closed."""
    return _with(scene, "Cleo Pine", close=True)


def _with(scene: "Scene", name: str, *, close: bool) -> PageVisitor:
    person = scene.applicant(name)
    scene.register(person)
    with cast("OneProcess", scene.world).suite.contexts["identity"].transaction(SYSTEM) as work:
        account = accounts.find_by_user_id(work.session, person.user_id)
        assert account is not None
        done = (accounts.close if close else accounts.suspend)(work, account.id, "a page to look at")
        assert done
    return PageVisitor(scene.world.base_url)


def _guessed_at(scene: "Scene") -> "Applicant":
    """Una, who has an account, and at whose password somebody guessed a moment ago."""
    una = scene.applicant("Una Reed")
    scene.register(una)
    sign_in(PageVisitor(scene.world.base_url), "/account", una.user_id, PASSWORD)
    for _ in range(5):
        sign_in(PageVisitor(scene.world.base_url), "/account", una.user_id, "not the password at all")
    scene.world.set_clock(scene.world.now() + timedelta(minutes=2))
    return una


def shut_out(scene: "Scene") -> PageVisitor:
    """Somebody whose password fitted while the website is closed for maintenance: they wait until it opens."""
    availability = cast("OneProcess", scene.world).suite.contexts["availability"]
    with availability.transaction() as work:
        maintenance.plan(work, Wish(frozenset({"website"}), "Upgrade", emergency=True))
    announce(availability)
    scene.world.settle()
    visitor = PageVisitor(scene.world.base_url)
    sign_in(visitor, "/login", "alice.moreno", person(scene.world, "alice.moreno")["password"])
    assert visitor.address.endswith("/login/closed"), visitor.text
    return visitor
