"""What a hostile reader of the whole of sign-in tried: doors beside the doors, old proofs, other people's limits."""

import re
from dataclasses import replace
from datetime import timedelta

from identity.accounts import service as accounts
from identity.mfa import binding
from identity.mfa import service as mfa
from identity.risk import service as risk
from shared.service import SYSTEM
from tests.service.identity import address_book, recoveries
from tests.service.identity.browsers import FIREFOX, LISBON, at, known_at, post, sign_in, sign_out
from tests.service.identity.factors import TED, TWO_FACTORS, bind, code_in, policy, texts, with_phone
from tests.service.identity.test_activation import ASKED as OPENED
from tests.service.identity.test_hostile_pages import pages
from tests.service.identity.test_verifying import ELSEWHERE, elsewhere, sent_code
from tests.service.identity.world import (
    MEG,
    OLA,
    ORIGIN,
    PASSWORD,
    PAT,
    SECRET,
    World,
    cookies,
    type_code,
    type_password,
)
from tests.support.pages import PageVisitor

WRONG = "not the password at all"


class TestOwedProofs:
    """Threats 20, 32, 52: what is owed is owed everywhere, and paying it makes another session of it."""

    def test_the_secret_of_before_the_check_is_dead_after_it(self, world: World) -> None:
        """Threat 20, ASVS 7.2.4: whoever held the cookie of the half-way sign-in holds nothing once it counts."""
        world.seed(PAT)
        world.signed_in(PAT)
        visitor = elsewhere(world)
        (before,) = cookies(visitor)
        type_code(visitor, sent_code(world))
        assert visitor.address.endswith("/account")
        (after,) = cookies(visitor)
        planted = world.browser(address=ELSEWHERE)
        planted.cookies.set("gh_session", before)
        planted.open("/account")
        assert before != after and planted.address.startswith(f"{ORIGIN}/login")

    def test_a_sign_in_that_owes_a_proof_makes_no_habit(self, world: World) -> None:
        """Threat 52: a new password is demanded, a thief types the old one and goes; their browser stays unknown."""
        (pat,) = world.seed(PAT)
        known_at(world, PAT)
        with world.context.transaction(SYSTEM) as work:
            accounts.require_reset(work, pat, "test")
        thief = sign_in(at(world, agent=FIREFOX), PAT)
        assert "/login/verify" in thief.address
        with world.context.reading() as session:
            assert len(risk.known_devices(session, pat)) == 1

    def test_what_its_owner_disowned_is_no_habit(self, world: World) -> None:
        """Threat 52, D2: after "that was not me" the intruder's network and browser are as foreign as before."""
        world.seed(PAT)
        known_at(world, PAT)
        thief = sign_in(at(world, LISBON, FIREFOX), PAT)
        type_code(thief, sent_code(world))
        assert thief.address.endswith("/account")
        _disown(world)
        with world.context.transaction(SYSTEM) as work:
            (pat,) = [found.id for found in [accounts.find_by_user_id(work.session, PAT.user_id)] if found]
            accounts.clear_reset(work, pat)
        again = sign_in(at(world, LISBON, FIREFOX), PAT)
        assert "/login/verify" in again.address
        assert "This account has not been used on this network before." in again.text

    def test_an_intruder_does_not_choose_the_password_that_the_owner_demanded(self, world: World) -> None:
        """Threats 32, 52, D2: an app bound in a sign-in that was disowned proves nothing any more."""
        world.seed(PAT)
        known_at(world, PAT)
        thief = sign_in(at(world, agent=FIREFOX), PAT)
        thief.open("/account/methods/app")
        key = re.search(r"secret=([A-Z2-7]{32})", thief.answer.text)
        assert key is not None
        thief.fill("6-digit code", world.code(key.group(1)))
        thief.press("Finish setting up")
        _disown(world)
        again = sign_in(at(world, agent=FIREFOX), PAT)
        if "/login/prove" in again.address:
            type_code(again, world.code(key.group(1)))
        assert "/login/verify" in again.address, "only the owner's address can pay it"

    def test_no_door_opens_to_a_sign_in_that_is_not_finished(self, world: World) -> None:
        """Threat 32: every page and form of a person, and the app's own door, at each unfinished step."""
        world.seed(PAT, MEG)
        world.signed_in(PAT)
        half = {"verify": elsewhere(world), "prove": world.signed_in(MEG)}
        for step, visitor in half.items():
            assert f"/login/{step}" in visitor.address
            before = len(world.published()), len(world.mails())
            for address, access in pages(world, "GET"):
                answer = visitor._http.get(ORIGIN + address)
                if access.kind == "session":
                    assert answer.headers.get("Location", "").startswith("/login?ticket="), (step, address)
            for address, access in pages(world, "POST"):
                if access.kind == "session":
                    assert post(visitor, address, password=PASSWORD, code="000000") == 303, (step, address)
            visitor.open(f"/login?ticket={'x' * 20}.y")
            assert visitor.answer.status_code == 400
            assert (len(world.published()), len(world.mails())) == before

    def test_leaving_terms_out_opens_no_app_but_ones_own_account(self, world: World) -> None:
        """Threat 32, F10: the later steps of sign-in refuse to be called first."""
        world.seed(PAT)
        visitor = world.browser()
        for path in ("organization", "terms", "nudge", "renew", "enrol", "enrol/app", "prove", "prove/ways", "verify"):
            visitor.open(f"/login/{path}")
            assert visitor.address.split("?")[0] == f"{ORIGIN}/login", path
            assert post(visitor, f"/login/{path}", code="000000", password=WRONG) in (303, 405), path


class TestTwoPeopleAtOneBrowser:
    """Domain §4: a tab of the one never acts for the other."""

    def test_the_tab_of_the_first_person_proves_nothing_for_the_second(self, world: World) -> None:
        """Threats 20, 32: Meg's code, typed in her old tab after Ted took over, opens nothing and ends her session."""
        with_phone(world)
        meg, ted = world.signed_in(MEG) if world.seed(MEG) else None, TED
        assert meg is not None and "/login/prove" in meg.address
        (hers,) = cookies(meg)
        assert post(meg, "/login", user_id=ted.user_id, password=PASSWORD) == 303
        assert post(meg, "/login/prove", code=world.code()) in (303, 422)
        meg.open("/account")
        assert "/login/prove" in meg.address
        old = world.browser()
        old.cookies.set("gh_session", hers)
        old.open("/account")
        assert old.address.startswith(f"{ORIGIN}/login?") or old.address == f"{ORIGIN}/login"


class TestOtherPeoplesLimits:
    """Threats 27, 28, 29: what strangers try uses up nothing of the owner's, and begins anew for nobody."""

    def test_twenty_sign_ins_give_a_guesser_no_more_guesses_than_one(self, world: World) -> None:
        """Threat 29, ASVS 6.6.3: the password is known; each new session would bring five new guesses at its code."""
        world.seed(PAT)
        world.signed_in(PAT)
        guessed = 0
        for number in range(4):
            visitor = elsewhere(world)
            for guess in range(5):
                code = f"{number}{guess}1111"
                type_code(visitor, code)
                guessed += "Too many attempts" not in visitor.text
        assert guessed <= 5
        fresh = elsewhere(world)
        type_code(fresh, sent_code(world))
        assert "/login/verify" in fresh.address, "the right one waits as well"

    def test_more_addresses_give_no_more_guesses_at_their_codes(self, world: World) -> None:
        """Threat 29, ASVS 6.6.3: who adds other people's addresses to their account guesses five times, not fifty."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        guessed = 0
        for number in range(3):
            address_book.ask(visitor, f"somebody{number}@elsewhere.example")
            for guess in range(4):
                type_code(visitor, f"{number}{guess}2222", address_book.PROVED_EMAIL)
                guessed += "Too many attempts" not in visitor.text
        assert guessed <= 5

    def test_codes_that_strangers_ask_for_use_up_none_of_the_owners(self, world: World) -> None:
        """Threat 28: who knows a user ID and its number asks for codes by recovery; the owner still gets theirs."""
        with_phone(world)
        assert TED.mobile is not None
        for _ in range(2):
            stranger = recoveries.forgot_password(world, TED.user_id, TED.mobile)
            for pause in (31, 61, 121, 241):
                world.clock.advance(timedelta(seconds=pause))
                stranger.press("Send another code")
                world.run_jobs()
        assert len(texts(world)) == 10
        own = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
        own.press("Send the code")
        assert own.answer.status_code == 200

    def test_whoever_knows_the_password_cannot_stop_the_owners_codes(self, world: World) -> None:
        """Threat 28: five wrong codes from elsewhere, and the owner's app still counts where they proved it before."""
        world.seed(MEG)
        own = world.signed_in(MEG)
        type_code(own, world.code())
        sign_out(own)
        world.clock.advance(timedelta(minutes=2))
        thief = world.browser(address=ELSEWHERE)
        type_password(thief, MEG.user_id, PASSWORD)
        for number in range(6):
            type_code(thief, f"00000{number}")
        type_password(own, MEG.user_id, PASSWORD)
        type_code(own, world.code())
        assert "Too many attempts" not in own.text and "/login/prove" not in own.address

    def test_recovery_is_no_cheaper_place_to_guess_a_password(self, world: World) -> None:
        """Threat 27, ASVS 6.3.4: the operator's six tries are six at `/recover/lost` as well."""
        world.seed(PAT)
        policy(world, "lock_failures", 6)
        allowed = 0
        for number in range(8):
            answer = recoveries.lost_factor(world, replace(PAT, password=f"{WRONG} {number}")).answer
            allowed += answer.status_code == 403
            world.clock.advance(timedelta(seconds=65))
        assert allowed <= 6

    def test_failures_at_recovery_are_failures(self, world: World) -> None:
        """Threat 27, D1: guessing there is shown to the owner and weighs at the next sign-in, as at the first door."""
        world.seed(PAT)
        world.signed_in(PAT)
        for number in range(6):
            recoveries.lost_factor(world, replace(PAT, password=f"{WRONG} {number}"))
            world.clock.advance(timedelta(seconds=65))
        assert "There were several failed attempts to sign in a short time ago." in elsewhere(world).text


class TestWeakProofs:
    """Domain §5: a code by e-mail never raises assurance, in no roundabout way."""

    def test_a_code_by_mail_makes_no_device_remembered(self, world: World) -> None:
        """Threats 32, 52: else password and mailbox spare the second factor on one's own pages for thirty days."""
        (ted,) = world.seed(TED)
        policy(world, "email_factor_populations", ["provider"])
        bind(world, ted, "sms")
        bind(world, ted, "email")
        own = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
        own.press("Send the code")
        type_code(own, code_in(texts(world)[-1]))
        thief = world.browser(address=ELSEWHERE)
        type_password(thief, TED.user_id, PASSWORD, world.ticket(required_acr="urn:gatehouse:acr:1"))
        thief.follow("Use another way")
        thief.choose("Code by e-mail")
        thief.press("Continue")
        assert post(thief, _action(thief), code=_mailed_code(world), remember="yes") == 303
        thief.open("/logout")
        thief.press("Sign out")
        type_password(thief, TED.user_id, PASSWORD)
        assert "/login/prove" in thief.address


def test_staff_with_a_held_factor_act_on_nobody(world: World) -> None:
    """B6, threat 36: an operator whose factor was bound just after a recovery looks, and changes nobody's account."""
    pat, ola = world.seed(PAT, replace(OLA, totp_secret=SECRET))
    with world.context.transaction(SYSTEM) as work:
        mfa.remove_all(work, ola, "recovery", work.now + timedelta(hours=24))
        assert binding.bind_app(work, ola, SECRET, None)
    operator = world.signed_in(OLA)
    type_code(operator, world.code())
    operator.open(f"/admin/accounts/{pat}")
    assert operator.answer.status_code == 200
    for act in ("suspend", "recover", "require-reset"):
        assert post(operator, f"/admin/accounts/{pat}/{act}", reason="As asked by the office", aim="both") == 403
    assert not world.published("account.locked")
    world.clock.advance(timedelta(hours=24))
    type_password(operator, OLA.user_id, PASSWORD)
    type_code(operator, world.code())
    assert post(operator, f"/admin/accounts/{pat}/suspend", reason="As asked by the office") == 303


def test_a_persons_token_reads_and_opens_nobody_elses_account(world: World) -> None:
    """Threats 34, 35: the scope says what the app may ask; whose account it is, the token's person decides."""
    pat, meg = world.seed(PAT, MEG)
    asked = world.api("accounts.read", "accounts.open", person=pat)
    assert asked.get(f"/api/identity/v1/accounts/{pat}").status_code == 200
    assert asked.get(f"/api/identity/v1/accounts/{meg}").status_code == 404
    assert asked.post("/api/identity/v1/accounts", json=OPENED).status_code == 403
    assert world.api("accounts.read").get(f"/api/identity/v1/accounts/{meg}").status_code == 200


def _disown(world: World) -> None:
    """The letter about the last sign-in is written, and its owner says that it was not them."""
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    found = [re.search(r"/recover/not-me\?token=[\w-]+", mail.body) for mail in world.mails()]
    owner = world.browser()
    owner.open([link.group() for link in found if link][-1])
    owner.press("It was not me. Protect my account")
    assert owner.address.endswith("/done")


def _action(visitor: PageVisitor) -> str:
    """The address to which the form with the code is sent, from the root of the origin."""
    return str(visitor._page.xpath("//form[.//input[@name='code']]/@action")[0])


def _mailed_code(world: World) -> str:
    return code_in([mail.body for mail in world.mails() if mail.subject == "Your code"][-1])
