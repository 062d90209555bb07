"""Terms of use: published by an operator, asked for on the way to an app, accepted once for each version."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from identity.terms import service as terms
from identity.terms.models import Terms
from tests.service.identity.test_commands_and_demo import _run
from tests.service.identity.world import OLA, PAT, World

ENGLISH = "Use the portal for your work only.\n\nKeep your password to yourself."
SPANISH = "Use el portal solo para su trabajo.\n\nGuarde su contraseña para usted."
DAY = timedelta(days=1)
ACCEPT = "I have read the terms and accept them"


def publish(world: World, english: str = ENGLISH, later: timedelta = timedelta(0)) -> int:
    """Publish the next version, in force from now or later."""
    with world.context.transaction() as work:
        return terms.publish(work, english, SPANISH, work.now + later).version


def due(world: World, account_id: str, population: str = "provider") -> int | None:
    """Return the version that the account has yet to accept."""
    with world.context.reading() as session:
        found = terms.due(session, account_id, population, world.clock.now())
    return found.version if found else None


def test_nothing_is_asked_while_there_are_no_terms(world: World) -> None:
    """A deployment without terms lets people straight through."""
    world.seed(PAT)
    assert world.signed_in(PAT, world.ticket()).address.endswith("/account?came=back")


def test_the_next_sign_in_to_an_app_asks_for_a_new_version(world: World) -> None:
    """Read, accept, go on; once for each version (capability F10)."""
    (pat,) = world.seed(PAT)
    publish(world)
    visitor = world.signed_in(PAT, world.ticket())
    assert "/login/terms" in visitor.address
    assert "Keep your password to yourself." in visitor.text and "Read the terms" in visitor.text
    visitor.choose(ACCEPT)
    visitor.press("Continue")
    assert visitor.address.endswith("/account?came=back")
    assert ("terms.accepted", pat) in world.audited()
    publish(world, "New: lock your screen.")
    again = world.signed_in(PAT, world.ticket())
    assert "The terms have changed" in again.text and "lock your screen" in again.text


def test_refusing_leaves_the_account_pages_open(world: World) -> None:
    """No app, but one's own account: to read it, to change a password, to close it (capability F10)."""
    world.seed(PAT)
    publish(world)
    visitor = world.signed_in(PAT, world.ticket())
    visitor.follow("Go to my account")
    assert visitor.answer.status_code == 200 and visitor.address.endswith("/account")
    visitor.open(world.ticket())
    assert "/login/terms" in visitor.address


def test_a_direct_sign_in_is_not_stopped(world: World) -> None:
    """Who comes for their own account is asked when they go to an app."""
    world.seed(PAT)
    publish(world)
    assert world.signed_in(PAT).address.endswith("/account")


def test_an_answer_without_a_tick_is_no_consent(world: World) -> None:
    """Continue alone accepts nothing."""
    (pat,) = world.seed(PAT)
    publish(world)
    visitor = world.signed_in(PAT, world.ticket())
    visitor.press("Continue")
    assert visitor.answer.status_code == 422 and "Tick the box if you accept the terms" in visitor.text
    assert due(world, pat) == 1


def test_only_what_was_shown_is_accepted(world: World) -> None:
    """A version published while somebody reads is shown before it can be accepted."""
    (pat,) = world.seed(PAT)
    publish(world)
    visitor = world.signed_in(PAT, world.ticket())
    publish(world, "New: lock your screen.")
    visitor.choose(ACCEPT)
    visitor.press("Continue")
    assert "lock your screen" in visitor.text and due(world, pat) == 2


def test_terms_wait_for_their_day(world: World) -> None:
    """Published ahead, asked for when in force."""
    (pat,) = world.seed(PAT)
    publish(world, later=DAY)
    assert due(world, pat) is None
    world.clock.advance(DAY)
    assert due(world, pat) == 1


def test_whoever_skipped_a_version_is_asked_once(world: World) -> None:
    """Only what is in force needs consent."""
    (pat,) = world.seed(PAT)
    publish(world)
    publish(world, "The second text.")
    assert due(world, pat) == 2
    with world.context.transaction() as work:
        assert not terms.accept(work, pat, 1)
        assert terms.accept(work, pat, 2) and terms.accept(work, pat, 2)
    assert due(world, pat) is None


def test_the_payer_s_own_people_are_not_asked(world: World) -> None:
    """Staff work under their contract."""
    (ola,) = world.seed(OLA)
    publish(world)
    assert due(world, ola, "staff") is None


def test_the_terms_are_read_in_one_s_own_language(world: World) -> None:
    """Both texts are one version; the page and its buttons speak Spanish too."""
    world.seed(PAT)
    publish(world)
    visitor = world.browser("es")
    visitor.open(world.ticket())
    visitor.fill("ID de usuario", PAT.user_id)
    visitor.fill("Contraseña", PAT.password)
    visitor.press("Iniciar sesión")
    assert "Use el portal solo para su trabajo." in visitor.text and "Condiciones de uso" in visitor.text


def test_the_text_is_never_markup(world: World) -> None:
    """An operator's text is shown, not run (threat 46)."""
    world.seed(PAT)
    publish(world, "<script>alert(1)</script> {{7*7}}")
    visitor = world.signed_in(PAT, world.ticket())
    assert "<script>alert(1)" not in visitor.answer.text
    assert "<script>alert(1)</script> {{7*7}}" in visitor.text


def test_the_page_cannot_be_reached_out_of_order(world: World) -> None:
    """Without a sign-in, or with nothing due, it leads to where the person stands."""
    world.seed(PAT)
    nobody = world.browser()
    nobody.open("/login/terms")
    assert nobody.address.endswith("/login")
    visitor = world.signed_in(PAT)
    visitor.open("/login/terms")
    assert visitor.address.endswith("/account")


def test_an_operator_publishes_on_the_command_line(world: World, tmp_path: Path) -> None:
    """Two files and a day; the list says what is in force from when."""
    (pat,) = world.seed(PAT)
    english, spanish = tmp_path / "en.txt", tmp_path / "es.txt"
    english.write_text(ENGLISH, encoding="utf-8")
    spanish.write_text(SPANISH, encoding="utf-8")
    files = ("--english", str(english), "--spanish", str(spanish))
    (made,) = json.loads(_run(world, "terms", "publish", *files, "--effective-at", "2026-11-01", "--json"))
    assert made == {"version": 1, "effective_at": "2026-11-01T00:00:00+00:00"}
    assert json.loads(_run(world, "terms", "list", "--json")) == [made]
    assert due(world, pat) == 1 and ("terms.published", "terms-1") in world.audited()


def test_empty_terms_are_refused(world: World) -> None:
    """A version without a text in both languages would ask for consent to nothing."""
    with world.context.transaction() as work, pytest.raises(ValueError, match="English and in Spanish"):
        terms.publish(work, ENGLISH, "  \n ", work.now)
    with world.context.reading() as session:
        assert terms.versions(session) == [] and session.query(Terms).count() == 0


def test_a_text_keeps_its_paragraphs() -> None:
    """Empty lines part them, whatever the file's line ends were."""
    version = terms.TermsVersion(1, "One.\n\n\n\nTwo\nlines.\n", "Uno.", datetime(2026, 11, 1, tzinfo=UTC))
    assert version.paragraphs("en") == ["One.", "Two\nlines."]
    assert version.paragraphs("es") == version.text("es").split("\n\n") == ["Uno."]
    assert version.text("fr") == version.text_en
