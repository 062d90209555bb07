"""Whatever page an app's request leads to speaks the language that the app asked for (OIDC Core §3.1.2.1)."""

from datetime import timedelta

import httpx
import pytest

from identity.demo import Someone, seed
from tests.service.identity_oidc.asking import PUSHER, ask, pushed, pusher, stranger, visitor
from tests.service.identity_oidc.suite import BILLING, CLINIC, App, Browser, Suite
from tests.service.identity_oidc.test_closed_website import website
from tests.support.pages import PageVisitor

PASSWORD = "two harbor seals at dawn"
PAM = Someone("pam.partner", PASSWORD, "Pam Partner", "pam@lakeside.example", active=True)


@pytest.fixture
def page(suite: Suite, browser: Browser) -> PageVisitor:
    """Pat at the browser, which would rather read English."""
    return visitor(suite, browser)


def seen(page: PageVisitor) -> tuple[str, str]:
    """Return which page it is, and its language."""
    language = page.answer.headers["Content-Language"]
    assert f'<html lang="{language}"' in page.answer.text
    return httpx.URL(page.address).path, language


@pytest.mark.parametrize("again", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}])
@pytest.mark.parametrize("tags", ["es", "es-MX en", "fr ES"])
def test_signing_in_anew(suite: Suite, portal: App, page: PageVisitor, again: dict[str, str], tags: str) -> None:
    """Somebody is signed in already and is asked once more; the first tag that we speak counts, in any case."""
    suite.clock.advance(timedelta(minutes=5))
    ask(portal, page, ui_locales=tags, **again)
    path, language = seen(page)
    assert path.startswith("/login") and language == "es"


def test_signing_in_for_the_first_time(suite: Suite, portal: App) -> None:
    """Nobody is; also where the first try fails."""
    nobody = visitor(suite)
    ask(portal, nobody, ui_locales="es")
    assert seen(nobody) == ("/login", "es")
    nobody.fill("ID de usuario", "pam.partner")
    nobody.fill("Contraseña", "wrong harbor seals at dawn")
    nobody.press("Iniciar sesión")
    assert seen(nobody)[1] == "es"


def test_the_question_of_consent(suite: Suite, page: PageVisitor) -> None:
    """Signed in: the question is the first page that is seen; where no tag is ours, the browser's own language."""
    sync = stranger(suite)
    for tags, language in (("fr es", "es"), ("fr", "es"), ("en", "en")):
        ask(sync, page, ui_locales=tags, scope="openid email")
        assert seen(page) == ("/oauth/consent", language)


def test_consent_of_a_request_that_was_pushed(suite: Suite, page: PageVisitor) -> None:
    """RFC 9126: what was pushed says it; the address of the browser does not."""
    app = pusher(suite, first_party=False, profile="third-party", purpose="To try", client_uri="https://sync.example/")
    page.open(f"/oauth/authorize?client_id={PUSHER}&request_uri={pushed(app, ui_locales='es')}")
    assert seen(page) == ("/oauth/consent", "es")


def test_what_the_person_chose_since_counts_more(suite: Suite) -> None:
    """They switched at the foot of the sign-in page: the next page is in their language, not in the app's."""
    seed(suite.context, [PAM])
    page = visitor(suite)
    ask(stranger(suite), page, ui_locales="es")
    page.follow("English")
    assert seen(page) == ("/login", "en")
    page.fill("User ID", PAM.user_id)
    page.fill("Password", PASSWORD)
    page.press("Sign in")
    assert seen(page) == ("/oauth/consent", "en")
    page.follow("Español")
    assert seen(page) == ("/oauth/consent", "es")


def test_the_choice_of_an_organization(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """Two of them, none chosen."""
    suite.membership(pat, CLINIC)
    suite.membership(pat, BILLING)
    page = visitor(suite, browser)
    ask(portal, page, ui_locales="es")
    assert seen(page) == ("/login/organization", "es")


def test_a_second_factor_that_is_missing(suite: Suite, portal: App, page: PageVisitor) -> None:
    """The app asks for two: the page that offers to add one."""
    ask(portal, page, ui_locales="es", acr_values="urn:gatehouse:acr:2")
    path, language = seen(page)
    assert path.startswith("/login/") and language == "es"


def test_the_wrong_door(suite: Suite, portal: App) -> None:
    """Somebody of another population reads which portal is theirs."""
    page = visitor(suite, suite.browser(suite.person("max", "member")))
    ask(portal, page, ui_locales="es")
    assert (page.answer.status_code, *seen(page)) == (403, "/oauth/authorize", "es")


def test_a_closed_website(suite: Suite, portal: App, page: PageVisitor) -> None:
    """Maintenance: said in the app's language, until the person chooses another at its foot."""
    website(suite, 1, is_open=False, reason="maintenance")
    ask(portal, page, ui_locales="es")
    assert (page.answer.status_code, *seen(page)) == (503, "/oauth/authorize", "es")
    page.follow("English")
    assert (page.answer.status_code, *seen(page)) == (503, "/oauth/authorize", "en")


def test_a_request_that_cannot_be_answered(suite: Suite, page: PageVisitor) -> None:
    """No app can be told, so the person is."""
    for odd in ({"client_id": "nobody"}, {"redirect_uri": "https://elsewhere.example/"}):
        ask(App(suite), page, ui_locales="es", **odd)
        assert (page.answer.status_code, *seen(page)) == (400, "/oauth/authorize", "es")


def test_registering(suite: Suite, portal: App) -> None:
    """`prompt=create`: the address of the registration says it."""
    answer = portal.authorize(suite.browser(), prompt="create", ui_locales="fr es")
    assert httpx.URL(answer.headers["Location"]).params["lang"] == "es"


def test_silence_is_no_page(suite: Suite, portal: App) -> None:
    """`prompt=none` answers the app alone, whatever the language; odd tags harm nobody."""
    for tags in ("es", "x" * 500, "%00", "- - -", "es_MX"):
        answer = portal.authorize(suite.browser(), prompt="none", ui_locales=tags)
        assert httpx.URL(answer.headers["Location"]).params["error"] == "login_required"
