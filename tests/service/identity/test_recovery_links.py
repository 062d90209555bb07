"""The link that somebody else lets be sent, and the addresses it may go to (threat 33, C5)."""

from copy import copy
from datetime import timedelta

import pytest
from sqlalchemy import update

from identity.accounts import service as accounts
from identity.contacts.models import ContactPoint
from identity.recovery import service
from tests.service.identity.recoveries import (
    CLINIC,
    MAX,
    by_desk,
    choose_password,
    last_code,
    link_to,
    messages,
    staffed,
    start,
    type_code,
)
from tests.service.identity.world import MEG, PAT, World


@pytest.fixture
def clinic(world: World) -> dict[str, str]:
    """Meg and Max manage the clinic, Pat and Ana work there; account ids by user ID."""
    return staffed(world)


def test_a_look_at_the_link_changes_nothing_and_it_works_once(world: World, clinic: dict[str, str]) -> None:
    """Mail scanners open it ten times; the POST uses it; afterwards it says so (threat 33, ASVS 6.4.1)."""
    start(world, clinic[PAT.user_id], clinic[MEG.user_id])
    link = link_to(world, PAT.email)
    for _ in range(10):
        scanner = world.browser()
        scanner.open(link)
        assert scanner.answer.status_code == 200 and "It works once" in scanner.text
    visitor = world.browser()
    visitor.open(link)
    kept = copy(visitor)
    visitor.press("Go on")
    assert visitor.address.endswith("/recover/new-password")
    kept._http = world.browser()._http
    kept._http.cookies.update(visitor.cookies)
    kept.press("Go on")
    assert kept.answer.status_code == 410 and "Start again" in kept.text
    later = world.browser()
    later.open(link)
    assert later.answer.status_code == 410


def test_the_link_leads_to_the_configured_host_whatever_a_request_says(world: World, clinic: dict[str, str]) -> None:
    """`Host` and `X-Forwarded-Host` of whoever asks are nothing to it (threat 33)."""
    client = world.api("accounts.recover", client="access-manager")
    client.headers["X-Forwarded-Host"] = "evil.example"
    client.headers["Forwarded"] = "host=evil.example"
    body = {"organization_id": CLINIC, "manager_id": clinic[MEG.user_id]}
    client.post(f"/api/identity/v1/accounts/{clinic[PAT.user_id]}/recoveries", json=body)
    assert link_to(world, PAT.email).startswith(f"{world.origin}/recover/link?token=")


def test_the_secret_of_the_link_leaves_with_no_request_to_others(world: World, clinic: dict[str, str]) -> None:
    """The pages load nothing from elsewhere, the address goes to our own origin only, and is gone after the POST."""
    start(world, clinic[PAT.user_id], clinic[MEG.user_id])
    visitor = world.browser()
    visitor.open(link_to(world, PAT.email))
    assert visitor.answer.headers["Referrer-Policy"] == "same-origin"
    assert visitor.answer.headers["Cache-Control"] == "no-store"
    visitor.press("Go on")
    assert "token" not in visitor.address


@pytest.mark.parametrize("change", ["half an hour", "another address", "account closed"])
def test_a_link_dies_with_what_it_stood_on(world: World, clinic: dict[str, str], change: str) -> None:
    """Too late, the address is trusted no more, the account is closed (threat 33)."""
    start(world, clinic[PAT.user_id], clinic[MEG.user_id])
    link, pat = link_to(world, PAT.email), clinic[PAT.user_id]
    if change == "half an hour":
        world.clock.advance(timedelta(minutes=30))
    with world.context.transaction() as work:
        if change == "another address":
            later = world.clock.now() + timedelta(days=3)
            mine = (ContactPoint.account_id == pat) & (ContactPoint.kind == "email")
            work.session.execute(update(ContactPoint).where(mine).values(trusted_from=later))
        if change == "account closed":
            accounts.close(work, pat, "left")
    visitor = world.browser()
    visitor.open(link)
    if visitor.answer.status_code == 200:
        visitor.press("Go on")
    assert "Start again" in visitor.text


def test_a_proof_dies_when_its_address_is_taken_away(world: World) -> None:
    """Whoever held the mailbox and has not chosen a password yet is too late (threat 33, C5)."""
    (pat,) = world.seed(PAT)
    visitor = world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", PAT.user_id)
    visitor.fill("E-mail address or mobile number of your account", PAT.email)
    visitor.press("Send a code")
    world.run_jobs()
    type_code(visitor, last_code(world, PAT.email))
    with world.context.transaction() as work:
        mine = (ContactPoint.account_id == pat) & (ContactPoint.kind == "email")
        work.session.execute(update(ContactPoint).where(mine).values(trusted_from=None))
    choose_password(visitor)
    assert visitor.answer.status_code == 409
    assert "/login" not in world.signed_in(PAT).address


def test_a_new_address_does_not_recover_before_its_time(world: World) -> None:
    """In quarantine it gets neither code nor link nor user ID; the old one does (C5)."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        later = world.clock.now() + timedelta(hours=72)
        mine = (ContactPoint.account_id == pat) & (ContactPoint.kind == "email")
        work.session.execute(update(ContactPoint).where(mine).values(trusted_from=later))
    visitor = world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", PAT.user_id)
    visitor.fill("E-mail address or mobile number of your account", PAT.email)
    before = len(messages(world, PAT.email))
    visitor.press("Send a code")
    world.run_jobs()
    assert visitor.address.endswith("/recover/code") and len(messages(world, PAT.email)) == before
    started = by_desk(world, pat, "password")
    assert isinstance(started, service.Started) and started.masked == "•••• 0110"


def test_links_are_bounded_and_earlier_ones_stay_good(world: World, clinic: dict[str, str]) -> None:
    """Five an hour to one person, whoever asks; then 429 with `Retry-After` (C2)."""
    pat = clinic[PAT.user_id]
    for manager in (MEG, MAX, MEG, MAX, MEG):
        assert start(world, pat, clinic[manager.user_id]).status_code == 202
    refused = start(world, pat, clinic[MAX.user_id])
    assert refused.status_code == 429 and 3000 < int(refused.headers["Retry-After"]) <= 3600
    assert isinstance(by_desk(world, pat), service.Wait)
    first = next(str(each.body) for each in messages(world, PAT.email) if "/recover/link" in str(each.body))
    visitor = world.browser()
    visitor.open(next(word for word in first.split() if "/recover/link" in word))
    visitor.press("Go on")
    assert visitor.address.endswith("/recover/new-password")
