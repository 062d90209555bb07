"""Changed contact points: the quarantine and its end, the main one, removing, undoing, and who hears of it."""

from datetime import timedelta

from identity.demo import Someone
from identity.mfa import binding
from identity.mfa import service as mfa
from tests.service.identity.address_book import HOUR, LIST, SECOND, add, answer, at_contacts, links_to, listed, recovers
from tests.service.identity.browsers import post
from tests.service.identity.world import MEG, PASSWORD, PAT, SECRET, World, type_code


def test_a_new_address_is_quarantined_and_everybody_hears(world: World) -> None:
    """It recovers nothing for 72 hours; old and new address are told at once (capability C5, ASVS 6.3.7)."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    add(world, visitor)
    assert "can help you to get back in from" in visitor.text
    assert recovers(world, SECOND) == []
    told = [row.recipient for row in world.mails() if "new way to reach you" in row.subject]
    assert sorted(told) == ["pat.partner@home.example", "pat@lakeside.example"]
    world.clock.advance(72 * HOUR)
    assert recovers(world, SECOND) == [account_id]


def test_two_factors_after_the_change_end_the_quarantine(world: World) -> None:
    """The factor must be proved after the address was added; an older proof does not count (capability C5)."""
    (account_id,) = world.seed(MEG)
    world.clock.advance(72 * HOUR)
    visitor = at_contacts(world, MEG)
    add(world, visitor)
    visitor.follow("Confirm it now")
    world.clock.advance(timedelta(seconds=30))
    visitor.press("Sign in once more")
    assert recovers(world, SECOND) == [] and "/login" in visitor.address
    visitor.fill("User ID", MEG.user_id)
    visitor.fill("Password", PASSWORD)
    visitor.press("Sign in")
    type_code(visitor, world.code())
    visitor.press("Confirm this address")
    assert recovers(world, SECOND) == [account_id]
    assert [one.data["change"] for one in world.published("contact.changed")] == ["added", "confirmed"]


def test_a_factor_as_young_as_the_address_does_not_end_its_quarantine(world: World) -> None:
    """Else an intruder binds their own first; the page shows the other way, and posting anyway leads there (C5)."""
    world.seed(MEG)
    world.clock.advance(71 * HOUR)
    visitor = at_contacts(world, MEG)
    add(world, visitor)
    visitor.follow("Confirm it now")
    assert "We wrote to the addresses you had before" in visitor.text
    assert post(visitor, visitor.address) == 303
    assert recovers(world, SECOND) == []


def test_a_password_alone_does_not_end_the_quarantine(world: World) -> None:
    """Without a second factor the page shows the other way, and posting anyway leads to sign-in."""
    world.seed(PAT)
    visitor = at_contacts(world, PAT)
    add(world, visitor)
    visitor.follow("Confirm it now")
    assert "We wrote to the addresses you had before" in visitor.text


def test_the_old_address_ends_the_quarantine(world: World) -> None:
    """Its letter holds a link; looking changes nothing, the answer does, once (capability C5, threat 33)."""
    (account_id,) = world.seed(PAT)
    add(world, at_contacts(world, PAT))
    (link,) = links_to(world, "pat@lakeside.example")
    scanner = world.browser()
    scanner.open(link)
    assert recovers(world, SECOND) == []
    answer(world, link, "Yes, it was me")
    assert recovers(world, SECOND) == [account_id]
    again = world.browser()
    again.open(link)
    assert again.answer.status_code == 410


def test_the_link_goes_to_no_new_address_and_to_our_host_only(world: World) -> None:
    """Else a thief could confirm their own address; the host is ours whatever a request said (threat 33)."""
    world.seed(PAT)
    add(world, at_contacts(world, PAT))
    assert links_to(world, SECOND) == []
    assert len(links_to(world, "pat@lakeside.example")) == 1


def test_the_old_address_undoes_what_a_thief_did(world: World) -> None:
    """The address goes, every session ends, a new password is demanded, and the thief's address hears no more."""
    (account_id,) = world.seed(PAT)
    thief = at_contacts(world, PAT)
    add(world, thief)
    (link,) = links_to(world, "pat@lakeside.example")
    done = answer(world, link, "No, take it away")
    assert "The change is undone" in done.text
    assert listed(world, account_id) is None
    thief.open(LIST)
    assert "/login" in thief.address
    assert ("account.reset_required", account_id) in world.audited()
    undone = [row.recipient for row in world.mails() if "was undone" in row.subject]
    assert undone == ["pat@lakeside.example"]


def test_undoing_takes_away_what_the_thief_bound_since(world: World) -> None:
    """Else they prove themself with their own app and choose the new password (threat 32)."""
    (account_id,) = world.seed(PAT)
    add(world, at_contacts(world, PAT))
    with world.context.transaction() as work:
        assert binding.bind_app(work, account_id, SECRET, None)
    (link,) = links_to(world, "pat@lakeside.example")
    answer(world, link, "No, take it away")
    with world.context.reading() as session:
        assert mfa.methods(session, account_id) == []


def test_a_link_is_dead_after_ten_days(world: World) -> None:
    """What nobody answered in time is answered by nobody (threat 33)."""
    world.seed(PAT)
    add(world, at_contacts(world, PAT))
    (link,) = links_to(world, "pat@lakeside.example")
    world.clock.advance(timedelta(days=10))
    visitor = world.browser()
    visitor.open(link)
    assert visitor.answer.status_code == 410 and "no longer works" in visitor.text


def test_the_main_address_changes_only_to_a_trusted_one(world: World) -> None:
    """Claims, mails and listeners follow; before, the quarantine stands in the way."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    add(world, visitor)
    found = listed(world, account_id)
    assert found is not None
    visitor.open(f"{LIST}/{found.id}/main")
    visitor.press("Make it the main one")
    assert visitor.answer.status_code == 409 and "not confirmed yet" in visitor.text
    world.clock.advance(72 * HOUR)
    visitor = at_contacts(world, PAT)
    visitor.follow("Make it the main one")
    visitor.press("Make it the main one")
    assert world.api("accounts.read").get(f"/api/identity/v1/accounts/{account_id}").json()["email"] == SECOND
    assert world.published("contact.changed")[-1].data["email"] == SECOND


def test_the_last_way_back_cannot_be_removed(world: World) -> None:
    """A thief at an open screen cannot take the owner's addresses while their own waits (capability C5)."""
    person = Someone("one.address", PASSWORD, "One Address", "one@lakeside.example", active=True)
    (account_id,) = world.seed(person)
    visitor = at_contacts(world, person)
    add(world, visitor)
    main = listed(world, account_id, "one@lakeside.example")
    assert main is not None
    visitor.open(f"{LIST}/{main.id}/remove")
    visitor.press("Remove this address")
    assert visitor.answer.status_code == 409 and "main e-mail address" in visitor.text
    assert recovers(world, "one@lakeside.example") == [account_id]


def test_a_removed_address_hears_of_it_and_the_others_can_bring_it_back(world: World) -> None:
    """All are told; the link that undoes it goes only to those that stay."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    add(world, visitor)
    world.clock.advance(72 * HOUR)
    visitor = at_contacts(world, PAT)
    visitor.follow(f"Remove {SECOND}")
    visitor.press("Remove this address")
    assert recovers(world, SECOND) == []
    assert len(links_to(world, "pat@lakeside.example")) == 2 and links_to(world, SECOND) == []
    assert SECOND in [row.recipient for row in world.mails() if "was removed" in row.subject]
    answer(world, links_to(world, "pat@lakeside.example")[-1], "No, bring it back")
    assert recovers(world, SECOND) == [account_id]


def test_an_address_that_codes_go_to_stays_as_long_as_they_do(world: World) -> None:
    """Removing it must not take away a second factor by the back door: the method goes first (ASVS 6.5.6)."""
    person = Someone("two.ways", PASSWORD, "Two Ways", "two@lakeside.example", "+1 202 555 0199", totp_secret=SECRET)
    (account_id,) = world.seed(person)
    mobile = listed(world, account_id, "+1 202 555 0199")
    assert mobile is not None
    with world.context.transaction() as work:
        assert binding.bind_contact(work, mobile)
    visitor = at_contacts(world, person)
    visitor.open(f"{LIST}/{mobile.id}/remove")
    visitor.press("Remove this address")
    assert visitor.answer.status_code == 409 and "from your sign-in methods first" in visitor.text
    assert listed(world, account_id, "+1 202 555 0199") is not None


def test_there_is_nothing_to_confirm_of_a_trusted_address(world: World) -> None:
    """The question leads back to the list."""
    (pat,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    mail = listed(world, pat, PAT.email)
    assert mail is not None
    visitor.open(f"{LIST}/{mail.id}/confirm")
    assert visitor.address.endswith(LIST)


def test_the_only_mobile_can_be_removed(world: World) -> None:
    """Nobody is made to own a telephone: the claim goes with it."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    visitor.follow("Remove +1 202 555 0110")
    visitor.press("Remove this address")
    assert world.api("accounts.read").get(f"/api/identity/v1/accounts/{account_id}").json()["phone"] is None
