"""What every page and every macro promises to people and to their software."""

import re

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from lxml import html

from shared.web.shell.install import TEMPLATES
from tests.unit.web_shell.conftest import Open
from tests.unit.web_shell.gallery import NOW

IMPORT = '{% import "shell/macros.html" as ui %}'
PAGES = ["/gallery", "/gallery/form", "/gallery/help", "/gallery/refused", "/gallery/leaving"]


def render(app: Flask, source: str, **values: object) -> html.HtmlElement:
    """One macro call, parsed."""
    with app.test_request_context():
        return html.fragment_fromstring(render_template_string(IMPORT + source, **values), create_parent="div")


def test_every_input_has_a_label_and_every_description_exists(see: Open) -> None:
    """Screen readers can name each input and find what `aria-describedby` points to."""
    page = see("/gallery")
    labelled = {label.get("for") for label in page.cssselect("label")}
    for control in page.cssselect("main input:not([type=hidden]), main select, main textarea"):
        assert control.get("id") in labelled
        for described in (control.get("aria-describedby") or "").split():
            assert page.get_element_by_id(described).text_content().strip()


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_links_inside_the_page_lead_somewhere(see: Open, path: str) -> None:
    """No id twice; every `#target` exists."""
    page = see(path)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")}
    assert targets <= set(ids)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline(see: Open, path: str) -> None:
    """No inline script, style or handler: the strict policy would drop it silently."""
    page = see(path)
    assert not page.xpath("//style | //@style | //script[not(@src)] | //@*[starts-with(name(), 'on')]")


@pytest.mark.parametrize("path", PAGES)
def test_help_and_phone_stand_at_the_same_place(see: Open, path: str) -> None:
    """WCAG 3.2.6: the foot begins with help and the phone number, on every page, errors included."""
    links = see(path).cssselect("footer a")
    assert [links[0].get("href"), links[1].get("href")] == ["/gallery/help", "tel:18005550142"]


@pytest.mark.parametrize(
    ("macro", "autocomplete"),
    [
        ("ui.field('u', 'User ID', autocomplete='username')", "username"),
        ("ui.field('e', 'E-mail', type='email', autocomplete='email')", "email"),
        ("ui.password()", "current-password"),
        ("ui.password(autocomplete='new-password')", "new-password"),
        ("ui.otp()", "one-time-code"),
    ],
)
def test_browsers_may_fill_in(app: Flask, macro: str, autocomplete: str) -> None:
    """WCAG 1.3.5 and 3.3.8: purpose is declared, spelling is left alone, pasting and managers are never blocked."""
    control = render(app, "{{ " + macro + " }}").cssselect("input")[0]
    assert control.get("autocomplete") == autocomplete
    assert (control.get("spellcheck"), control.get("autocapitalize")) == ("false", "none")
    assert control.get("maxlength") is None


def test_a_code_is_one_input(app: Flask) -> None:
    """One field with the number pad, not six boxes."""
    controls = render(app, "{{ ui.otp(error='Enter the code') }}").cssselect("input")
    assert [(c.get("inputmode"), c.get("aria-invalid"), c.get("type")) for c in controls] == [
        ("numeric", "true", "text")
    ]


def test_a_password_never_comes_back(send: Open) -> None:
    """What was typed is kept, except the password."""
    page = send({"email": "maria@", "password": "correct horse"})
    assert page.get_element_by_id("f-email").get("value") == "maria@"
    assert page.get_element_by_id("f-password").get("value") is None
    assert b"correct horse" not in html.tostring(page)


def test_errors_are_told_in_the_title_the_summary_and_at_the_field(send: Open) -> None:
    """The summary is an alert that takes focus; its lines link to fields and repeat their messages word for word."""
    page = send({"email": "maria@", "kind": "representative"})
    assert page.cssselect("title")[0].text_content() == "Error: Join a practice | Lakeside Health"
    summary = page.cssselect("[data-error-summary]")[0]
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    for link in summary.cssselect("a")[:2]:
        control = page.get_element_by_id(link.get("href")[1:])
        message = page.get_element_by_id(control.get("aria-describedby").split()[-1])
        assert message.text_content() == f"Error: {link.text_content()}"
        assert control.get("aria-invalid") == "true"


def test_a_page_without_errors_has_a_plain_title(see: Open) -> None:
    """`Error:` is there only when something is wrong."""
    assert see("/gallery/form").cssselect("title")[0].text_content() == "Join a practice | Lakeside Health"


def test_an_error_of_the_whole_form_has_no_link(app: Flask) -> None:
    """There is no field to go to, so there is no dead link."""
    assert not render(app, "{{ ui.error_summary({'': 'Ask for less'}) }}").cssselect("a")


def test_every_form_posts_with_a_token_and_without_native_validation(see: Open) -> None:
    """Browsers do not speak over our own messages, and every POST form can be told from a forged one."""
    for form in see("/gallery").cssselect("form"):
        assert form.get("method") == "post"
        assert len(form.cssselect("input[name=csrf_token]")) == 1
    assert see("/gallery").cssselect("main form")[0].get("novalidate") is not None


@pytest.mark.parametrize(
    "macro",
    [
        "ui.field('n', evil, evil, hint=evil, error=evil)",
        "ui.textarea('n', evil, evil, error=evil)",
        "ui.radios('n', evil, [(evil, evil, evil)], evil, evil)",
        "ui.checkboxes('n', evil, [(evil, evil, evil)], [evil], evil)",
        "ui.password(evil, evil, hint=evil, error=evil)",
        "ui.button(evil, None, evil, evil)",
        "ui.link_button(evil, '/x')",
        "ui.error_summary({'n': evil})",
        "ui.summary_list([[evil, evil, '/x', evil]])",
        "ui.table(evil, [evil], [[evil]])",
        "ui.tag(evil)",
        "ui.alert('info', evil, evil)",
        "ui.steps(1, [evil])",
        "ui.timeline([[evil, evil, evil]])",
        "ui.empty(evil)",
        "ui.copy_text('c', evil)",
    ],
)
def test_what_people_typed_is_only_ever_text(app: Flask, macro: str) -> None:
    """Threat 46: markup and template syntax in any value stay text."""
    fragment = render(app, "{{ " + macro + " }}", evil='"><script>alert(1)</script>{{7*7}}')
    assert not fragment.cssselect("script")
    assert "alert(1)" in html.tostring(fragment, encoding="unicode")
    assert "{{7*7}}" in html.tostring(fragment, encoding="unicode")


def test_a_table_stays_a_table_when_it_becomes_cards(app: Flask) -> None:
    """Roles survive `display: block`; every cell knows its column's name."""
    fragment = render(app, "{{ ui.table('People', ['Name', 'State'], [['Ann', 'active']]) }}")
    assert [cell.get("role") for cell in fragment.cssselect("tbody > tr > *")] == ["rowheader", "cell"]
    assert [cell.get("data-label") for cell in fragment.cssselect("tbody > tr > *")] == ["Name", "State"]
    assert fragment.cssselect("caption")[0].text_content() == "People"


def test_groups_of_choices_are_a_fieldset_whose_first_input_is_the_target(app: Flask) -> None:
    """The summary's link lands on the first choice; the chosen one is chosen."""
    fragment = render(app, "{{ ui.radios('k', 'Who?', [('a', 'A'), ('b', 'B')], 'b', 'Choose') }}")
    assert fragment.cssselect("fieldset > legend")[0].text_content() == "Who?"
    assert [(c.get("id"), c.get("checked") is not None) for c in fragment.cssselect("input")] == [
        ("f-k", False),
        ("f-k-2", True),
    ]


def test_steps_tell_where_one_is(app: Flask) -> None:
    """In words as well as in colour."""
    fragment = render(app, "{{ ui.steps(2, ['You', 'Practice']) }}")
    assert fragment.cssselect("[aria-current=step]")[0].text_content().startswith("Practice")
    assert "Step 2 of 2: Practice" in fragment.text_content()


def test_moments_are_for_people_and_for_machines(app: Flask) -> None:
    """Eastern time in words, UTC in the attribute."""
    moment = render(app, "{{ ui.moment(now) }}", now=NOW).cssselect("time")[0]
    assert moment.text_content() == "Monday, November 23, 2026 at 5:00\u00a0a.m. Eastern"
    assert moment.get("datetime") == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize(
    ("tin", "shown"), [("123456789", "•••••6789"), ("6789", "•••••6789"), ("12-3456789", "•••••6789"), ("12", "•••••")]
)
def test_a_tin_is_masked(app: Flask, tin: str, shown: str) -> None:
    """At most four digits, however it was stored."""
    assert render(app, "{{ tin | mask_tin }}", tin=tin).text_content() == shown


def test_signing_out_is_a_form(see: Open) -> None:
    """A GET never changes state, so the header's sign-out posts with a token."""
    form = see("/gallery").cssselect("header form")[0]
    assert (form.get("method"), form.get("action")) == ("post", "/gallery/signout")


def test_nobody_signed_in_leaves_no_name(see: Open) -> None:
    """Shared computers: the header names only the one who is there."""
    assert not see("/gallery/form").cssselect(".usa-header__person, dialog")


def test_the_page_that_hands_over_works_without_scripts(see: Open) -> None:
    """Custom schemes: a refresh and a link, both with the address the caller gave."""
    page = see("/gallery/leaving")
    address = "org.example.app:/callback?code=1&state=2"
    assert page.cssselect("meta[http-equiv=refresh]")[0].get("content") == f"0; url={address}"
    assert page.cssselect("main a")[0].get("href") == address


def test_our_words_keep_our_tone() -> None:
    """No please, sorry, oops or invalid in any template of the shell (experience §1.3)."""
    folder = TEMPLATES
    for file in folder.rglob("*.html"):
        text = re.sub(r"\{#.*?#\}|aria-invalid", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"\b(please|sorry|oops|invalid|forbidden)\b", text, re.IGNORECASE), file.name


def test_a_refused_page_gives_the_reference_to_read_out(client: FlaskClient) -> None:
    """The desk finds the request by the reference."""
    answer = client.get("/gallery/refused")
    assert answer.status_code == 404
    assert "8K2M-93QX" in answer.get_data(as_text=True)
