"""The pages of recovery themselves: their forms, their cookie, their headers, and nowhere to slip through."""

from pathlib import Path

import httpx
import pytest

from tests.service.identity.recoveries import forgot_password, last_code, type_code
from tests.service.identity.world import PAT, World

STEPS = ("code", "prove", "new-password", "remove", "done")
ACTS = ("code", "code/again", "code/other", "prove", "prove/send", "new-password", "remove")


def token(world: World, client: httpx.Client) -> str:
    """A form token for a browser of its own."""
    page = client.get("/recover/password").text
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def plain(world: World) -> httpx.Client:
    """A browser that follows nothing by itself."""
    headers = {"Origin": world.origin, "Sec-Fetch-Site": "same-origin"}
    transport = httpx.WSGITransport(app=world.app)
    return httpx.Client(transport=transport, base_url=world.origin, headers=headers)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_without_a_recovery_leads_to_the_beginning(world: World, step: str) -> None:
    """A bookmark, another browser, a day later: the page says so and offers to start again."""
    visitor = world.browser()
    visitor.open(f"/recover/{step}")
    assert visitor.address.endswith("/recover/over") and "Start again" in visitor.text
    visitor.follow("Start again")
    assert visitor.address.endswith("/recover")


@pytest.mark.parametrize("act", ACTS)
def test_an_act_without_a_recovery_does_nothing(world: World, act: str) -> None:
    """Every POST asks the flow first (threat 32)."""
    (pat,) = world.seed(PAT)
    client = plain(world)
    body = {"csrf_token": token(world, client), "code": "123456", "password": "seven otters swim", "contact": "cpt_1"}
    answer = client.post(f"/recover/{act}", data=body)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/recover/over")
    assert not [target for action, target in world.audited() if action.startswith("recovery.")]
    assert world.signed_in(PAT).address.endswith("/account") and pat


@pytest.mark.parametrize("act", ACTS[3:])
def test_an_act_of_another_step_leads_to_the_one_that_is_missing(world: World, act: str) -> None:
    """With a recovery that waits for its code, later acts change nothing (threat 32)."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    client = plain(world)
    form = token(world, client)
    client.cookies.update(visitor.cookies)
    client.cookies.set("gatehouse_csrf", next(c.value or "" for c in client.cookies.jar if "csrf" in c.name))
    body = {"csrf_token": form, "password": "seven otters swim upstream", "typed": "123456", "kind": "recovery_codes"}
    answer = client.post(f"/recover/{act}", data=body)
    assert answer.status_code in (303, 403)
    assert "recovery.completed" not in [action for action, _target in world.audited()]
    assert world.signed_in(PAT).address.endswith("/account")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the e-mail address or mobile number of your account"),
        ("pat", "Enter an e-mail address like name@example.com, or a mobile number with its area code"),
        ("pat@", "Enter an e-mail address like name@example.com"),
        ("555 0110", "a mobile number with its area code"),
        ("x" * 250 + "@a.example", "Use 254 characters or fewer"),
        ("pat\x00@lakeside.example", "Remove the characters that are not text"),
    ],
)
def test_each_fault_of_an_address_has_its_own_sentence(world: World, typed: str, sentence: str) -> None:
    """Empty, no address, too short, too long, no text; what was typed stays (threat 49)."""
    for path, button in (("/recover/user-id", "Send my user ID"), ("/recover/password", "Send a code")):
        visitor = world.browser()
        visitor.open(path)
        visitor.fill("E-mail address or mobile number", typed)
        visitor.press(button)
        assert visitor.answer.status_code == 422 and sentence in visitor.text
    assert not typed.isprintable() or f'value="{typed}"' in visitor.answer.text


@pytest.mark.parametrize("code", ["", "12 34", "abcdef", "1234567"])
def test_what_is_no_code_costs_no_guess(world: World, code: str) -> None:
    """A slip of the finger is told, not counted; groups and full-width digits are read (threat 29)."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    for _ in range(6):
        type_code(visitor, code)
        assert visitor.answer.status_code == 422 and "There is a problem" in visitor.text
    sent = last_code(world, PAT.email)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in sent)
    type_code(visitor, f"{wide[:3]} - {wide[3:]}")
    assert visitor.address.endswith("/recover/new-password")


def test_what_is_typed_is_never_markup(world: World) -> None:
    """Names come back as text, also into the page of errors (threat 46)."""
    visitor = world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", '"><script>alert(1)</script>{{7*7}}')
    visitor.press("Send a code")
    assert "<script>alert" not in visitor.answer.text and "{{7*7}}" in visitor.answer.text


@pytest.mark.parametrize(
    "path", ["/recover", "/recover/user-id", "/recover/password", "/recover/lost", "/recover/desk"]
)
def test_pages_stay_with_their_browser_and_in_no_frame(world: World, path: str) -> None:
    """Never stored, never framed, nothing from elsewhere (threats 22, 47)."""
    headers = plain(world).get(path).headers
    assert headers["Cache-Control"] == "no-store" and headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_the_cookie_is_bound_to_the_host_and_ends_with_the_browser(tmp_path: Path) -> None:
    """`__Host-`, Secure, HttpOnly, SameSite, no life of its own (ASVS 7.2.3, SP 800-63B-4 §5.1)."""
    world = World(tmp_path, origin="https://id.example")
    visitor = world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", PAT.user_id)
    visitor.fill("E-mail address or mobile number of your account", PAT.email)
    chosen = visitor._page.xpath("//main//form")[0]
    answer = visitor._send("POST", visitor.address, visitor._values(chosen), visitor.address)
    world.close()
    [given] = [value for value in answer.headers.get_list("Set-Cookie") if "gh_recovery" in value]
    assert given.startswith("__Host-gh_recovery=") and len(given.partition("=")[2].partition(";")[0]) == 43
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in given
    assert "Expires" not in given and "Max-Age" not in given and "Domain" not in given


def test_the_first_page_names_every_way(world: World) -> None:
    """Each card leads to its page, and the desk is one of them."""
    visitor = world.browser()
    visitor.open("/recover")
    ways = {"Get my user ID": "user-id", "Choose a new password": "password", "Set up a new one": "lost"}
    for link, page in {**ways, "Ask the support desk": "desk"}.items():
        assert visitor.leads_to(link).endswith(f"/recover/{page}")


def test_the_desk_s_page_says_what_to_have_ready_and_that_nobody_asks_for_a_password(world: World) -> None:
    """A person on the telephone knows what is asked, and what never is."""
    visitor = world.browser()
    visitor.open("/recover/desk")
    assert world.settings.help_phone in visitor.text
    assert "nobody will ask you for it" in visitor.text
