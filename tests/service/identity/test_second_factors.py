"""The step of the second factor: the strongest way first, others a page away, and the pages that set one up."""

import re
from datetime import timedelta

import pytest

from identity.mfa import binding
from identity.mfa import service as mfa
from tests.service.identity.factors import (
    TED,
    TWO_FACTORS,
    bind,
    code_in,
    recovery_set,
    subjects,
    texts,
    with_phone,
)
from tests.service.identity.world import MEG, OLA, PAT, SECRET, World, cookies, membership, type_code, type_password
from tests.support.pages import PageVisitor


def test_the_strongest_way_is_shown_first_and_others_can_be_picked(world: World) -> None:
    """App before text message before recovery codes; choosing the phone sends the code at once."""
    account_id = _app_and_phone(world)
    recovery_set(world, account_id)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    assert "Enter the code from your app" in visitor.text
    visitor.follow("Use another way")
    order = ["Code from your authenticator app", "Code by text message", "Recovery code"]
    assert sorted(order, key=visitor.text.index) == order
    visitor.choose("Code by text message")
    visitor.press("Continue")
    type_code(visitor, code_in(texts(world)[-1]))
    assert visitor.address.endswith("/account?came=back")


def test_going_back_and_forth_between_ways_sends_one_code(world: World) -> None:
    """Choosing the phone again while a code is on its way shows its form, and sends nothing."""
    _app_and_phone(world)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    for _ in range(2):
        visitor.follow("Use another way")
        visitor.choose("Code by text message")
        visitor.press("Continue")
    assert len(texts(world)) == 1
    visitor.follow("Use another way")
    visitor.choose("Code from your authenticator app")
    visitor.press("Continue")
    type_code(visitor, world.code())
    assert visitor.address.endswith("/account?came=back")


def test_a_way_must_be_chosen_and_nobody_elses_can_be(world: World) -> None:
    """Nothing chosen: told so. An id that is not this account's leads to its own strongest way (threat 15)."""
    _app_and_phone(world)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Use another way")
    (meg,) = world.seed(MEG)
    with world.context.reading() as session:
        theirs = mfa.methods(session, meg)[0].id
    visitor.open(re.sub("/ways", "", visitor.address) + f"&by={theirs}")
    assert "Enter the code from your app" in visitor.text
    token = re.search('name="csrf_token" value="([^"]+)"', visitor.answer.text)
    assert token is not None
    for path in ("/login/prove/ways", "/login/prove/send"):
        answer = _post(world, visitor, path, token[1])
        assert answer in {303, 422}
    assert texts(world) == []


def test_the_steps_of_second_factors_answer_nobody_who_is_elsewhere(world: World) -> None:
    """Threat 32: called directly, each of them leads to the step that is missing, and sends and binds nothing."""
    world.seed(PAT)
    gets = [
        "/login/prove",
        "/login/prove/ways",
        "/login/enrol",
        "/login/enrol/app",
        "/login/enrol/phone",
        "/login/nudge",
    ]
    for path in gets:
        stranger = world.browser()
        stranger.open(path)
        assert stranger.address.endswith("/login")
    inside = world.signed_in(PAT)
    token = re.search('name="csrf_token" value="([^"]+)"', inside.answer.text)
    assert token is not None
    for path in (*gets, "/login/prove/send", "/login/enrol/phone/send"):
        assert _post(world, inside, path, token[1]) in {303, 405}
    assert texts(world) == [] and world.published("credential.changed") == []


def test_forms_of_second_factors_refuse_other_sites(world: World) -> None:
    """Threat 21, MFA-enrol CSRF: without our form token nothing is bound, whatever the cookie says."""
    world.seed(PAT)
    visitor = world.signed_in(PAT, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Set up an app")
    key = re.search(r'id="manual-key">([A-Z2-7 ]+)<', visitor.answer.text)
    assert key is not None
    for headers in ({"Origin": "https://evil.example"}, {"Origin": world.origin}):
        body = {"code": world.code(key[1].replace(" ", ""))}
        answer = visitor._http.post(visitor.address, data=body, headers=headers)
        assert answer.status_code in {400, 403}
    assert world.published("credential.changed") == []


def test_a_phone_can_be_the_first_factor_after_a_warning(world: World) -> None:
    """ASVS 6.6.1: offered with its weakness told and an alternative beside it, bound by a code only."""
    (account_id,) = world.seed(TED)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    assert visitor.text.index("Authenticator app") < visitor.text.index("Text message")
    visitor.follow("Use my phone number")
    assert "Less safe than an app or a passkey" in visitor.text and "Choose another way" in visitor.text
    visitor.press("Send the code")
    type_code(visitor, "000000", "Finish setting up")
    assert "This code does not fit" in visitor.text
    type_code(visitor, code_in(texts(world)[-1]), "Finish setting up")
    assert visitor.address.endswith("/account?came=back")
    (changed,) = world.published("credential.changed")
    assert (changed.data["kind"], changed.data["change"], changed.subject) == ("sms", "added", account_id)
    assert subjects(world)[-1] == "A phone for codes by text message was added to your account"


def test_a_code_that_binds_a_phone_is_no_second_factor(world: World) -> None:
    """ASVS 6.6.2: a code for one purpose proves nothing for another, within one session too."""
    (account_id,) = world.seed(TED)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Use my phone number")
    visitor.press("Send the code")
    bind(world, account_id, "sms")
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    assert "/login/prove" in visitor.address
    visitor.press("Send the code")
    type_code(visitor, code_in(texts(world)[0]))
    assert "This code does not fit" in visitor.text


@pytest.mark.parametrize("someone", [OLA, MEG])
def test_text_messages_are_not_offered_to_staff_and_managers(world: World, someone: object) -> None:
    """Domain §5: both hold access that others pay for when a number is taken over."""
    bare = {**vars(someone), "totp_secret": None, "mobile": "+12025550177"}
    person = type(OLA)(**bare)
    (account_id,) = world.seed(person)
    if person.population == "provider":
        world.tell("membership.granted", membership(account_id, role="manager"))
    visitor = world.signed_in(person, world.ticket(required_acr=TWO_FACTORS))
    assert "Set up an app" in visitor.text and "Use my phone number" not in visitor.text
    visitor.open(visitor.address.replace("/login/enrol", "/login/enrol/phone"))
    assert "Where to send codes" not in visitor.text


def test_a_new_manager_with_a_phone_only_gets_in_and_is_told_to_replace_it(world: World) -> None:
    """What policy withdrew still opens the door to setting up something better, and says so on the page."""
    account_id = with_phone(world)
    world.tell("membership.granted", membership(account_id, role="manager"))
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.press("Send the code")
    type_code(visitor, code_in(texts(world)[-1]))
    visitor.open("/account/methods")
    assert "to be replaced" in visitor.text and "Your role asks for a safer way" in visitor.text


def test_wrong_then_right_in_the_other_order_of_factors_changes_the_cookie(world: World) -> None:
    """Threat 20: each proof gives the session another secret, and the old one opens nothing."""
    with_phone(world)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    before = set(cookies(visitor))
    visitor.press("Send the code")
    type_code(visitor, code_in(texts(world)[-1]))
    assert not before & set(cookies(visitor))


def test_the_reminder_comes_once_and_can_be_skipped(world: World) -> None:
    """Somebody with one app only is told of a second way when they come by themselves, never on the way to an app."""
    world.seed(MEG)
    visitor = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    type_code(visitor, world.code())
    assert visitor.address.endswith("/account?came=back"), "an app's user is not stopped"
    visitor.open("/login")
    assert "/login/nudge" in visitor.address
    visitor.press("Not now")
    assert visitor.address.endswith("/account")
    visitor.open("/login")
    assert visitor.address.endswith("/account")
    world.clock.advance(timedelta(days=31))
    visitor = world.signed_in(MEG)
    type_code(visitor, world.code())
    assert "/login/nudge" in visitor.address


def test_the_reminder_gives_recovery_codes_on_the_spot(world: World) -> None:
    """One press, ten codes, one more press, and the person is where they wanted to be."""
    (account_id,) = world.seed(MEG)
    visitor = world.signed_in(MEG)
    type_code(visitor, world.code())
    visitor.press("Show me recovery codes to keep")
    assert len(re.findall(r"\b(?:[0-9a-z]{4}-){3}[0-9a-z]{4}\b", visitor.text)) == 10
    assert visitor.answer.headers["Cache-Control"] == "no-store"
    visitor.follow("I saved them. Continue")
    assert visitor.address.endswith("/account")
    with world.context.reading() as session:
        assert [one.remaining for one in mfa.methods(session, account_id)] == [None, 10]


def test_the_reminder_makes_no_codes_at_an_unlocked_screen(world: World) -> None:
    """Threat 32, stale session: twenty minutes after signing in, the codes are asked for with a new proof."""
    world.seed(MEG)
    visitor = world.signed_in(MEG)
    type_code(visitor, world.code())
    world.clock.advance(timedelta(minutes=21))
    visitor.press("Show me recovery codes to keep")
    assert visitor.address.endswith("/account/methods")
    assert "Get recovery codes" in visitor.text
    visitor.follow("Get recovery codes")
    assert "/login" in visitor.address


def test_remembering_a_device_spares_the_question_on_ones_own_pages_only(world: World) -> None:
    """Capability A8: the next sign-in at this browser asks no code; an app that demands two factors still does."""
    world.seed(MEG)
    visitor = world.signed_in(MEG)
    visitor.choose("Ask me less often on this device")
    type_code(visitor, world.code())
    visitor.press("Not now")
    visitor.open("/logout")
    visitor.press("Sign out")
    type_password(visitor, MEG.user_id, MEG.password)
    assert visitor.address.endswith("/account")
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    assert "/login/prove" in visitor.address


def _app_and_phone(world: World) -> str:
    """Ted with an app and a phone."""
    account_id = with_phone(world)
    with world.context.transaction() as work:
        assert binding.bind_app(work, account_id, SECRET, None, "work phone")
    return account_id


def _post(world: World, visitor: PageVisitor, path: str, token: str) -> int:
    """Post the form token and nothing else; return the status."""
    headers = {"Origin": world.origin, "Accept": "text/html"}
    query = visitor.address.partition("?")[2]
    return visitor._http.post(f"{world.origin}{path}?{query}", data={"csrf_token": token}, headers=headers).status_code
