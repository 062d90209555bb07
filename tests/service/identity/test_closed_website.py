"""Signing in while the website is closed for maintenance: everybody waits on a page, but staff (domain §6)."""

from datetime import datetime, timedelta

from identity.closures.handlers import on_crossing
from shared.events.event import Event
from tests.service.identity.world import OLA, PASSWORD, PAT, World, type_password

TEN_MINUTES = timedelta(minutes=10)
TO_AN_APP = "/oauth/authorize?came=back"


def website(world: World, sequence: int, *, is_open: bool, until: datetime | None = None) -> None:
    """Let availability tell how the website stands; `until`: when it opens."""
    data = {
        "calendar": "website",
        "functions": ["claims.submit"],
        "open": is_open,
        "reason": None if is_open else "maintenance",
        "since": None,
        "next_open": until.isoformat() if until else None,
        "valid_until": until.isoformat() if until else None,
    }
    kind = "service.opened" if is_open else "service.closed"
    event = Event(f"evt_{sequence}", kind, "availability", "website", sequence, world.clock.now(), data)
    with world.context.transaction() as work:
        on_crossing(work, event)


def test_who_signs_in_waits_and_goes_on_when_it_opens(world: World) -> None:
    """Told only after the password; loading the page again once it is open leads on to the app."""
    world.seed(PAT)
    website(world, 1, is_open=False, until=world.clock.now() + TEN_MINUTES)
    visitor = world.browser()
    type_password(visitor, PAT.user_id, "not " + PASSWORD, world.ticket(return_path=TO_AN_APP))
    assert "Closed for maintenance" not in visitor.text
    type_password(visitor, PAT.user_id, PASSWORD, world.ticket(return_path=TO_AN_APP))
    assert "/login/closed" in visitor.address
    assert "It opens again" in visitor.text
    waiting = visitor.address
    world.clock.advance(TEN_MINUTES)
    visitor.open(waiting)
    assert visitor.address.endswith(TO_AN_APP), visitor.text


def test_who_came_by_themselves_waits_too(world: World) -> None:
    """Nobody sent them, nobody knows until when: still the page, in their language, and never a refusal."""
    world.seed(PAT)
    website(world, 1, is_open=False)
    visitor = world.browser()
    type_password(visitor, PAT.user_id, PASSWORD)
    visitor.open("/login/closed?lang=es")
    assert "Cerrado por mantenimiento" in visitor.text
    assert visitor.answer.status_code == 503
    assert visitor.answer.headers["Retry-After"] == "300"


def test_staff_sign_in(world: World) -> None:
    """Whoever mends it must get in."""
    world.seed(OLA)
    website(world, 1, is_open=False)
    visitor = world.browser()
    type_password(visitor, OLA.user_id, PASSWORD, world.ticket(return_path=TO_AN_APP))
    assert "/login/enrol" in visitor.address  # on to their second factor, as ever


def test_who_is_signed_in_keeps_their_own_pages(world: World) -> None:
    """Ending a session or a device must be possible at any hour; what is open again is open at once."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    website(world, 1, is_open=False)
    visitor.open("/account")
    assert visitor.address.endswith("/account")
    website(world, 2, is_open=True)
    website(world, 1, is_open=False)  # told once more, late (threat 41)
    other = world.browser()
    type_password(other, PAT.user_id, PASSWORD)
    assert "/login/closed" not in other.address


def test_nobody_reads_the_page_without_a_sign_in(world: World) -> None:
    """It belongs to a step of the flow, as every page of sign-in."""
    visitor = world.browser()
    visitor.open("/login/closed")
    assert visitor.address.endswith("/login")
