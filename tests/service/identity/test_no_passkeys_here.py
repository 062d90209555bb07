"""An app insists on a passkey, and this address can make none: the page says so instead of showing nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.identity.world import MEG, PAT, World, type_code
from tests.support.pages import PageVisitor

PHR = "phr"
ENGLISH = ("none can be made here", "Passkeys need a protected connection", "Call them at")
SPANISH = ("aquí no se puede crear ninguna", "necesitan una conexión protegida", "mesa de ayuda")


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[World]:
    """Identity at an address without a name and without https, where browsers have no passkeys."""
    made = World(tmp_path, origin="http://127.0.0.1:8000")
    yield made
    made.close()


def at_the_page(world: World, language: str = "en") -> PageVisitor:
    """Pat has typed a password for an app that takes passkeys only."""
    world.seed(PAT)
    visitor = world.signed_in(PAT, world.ticket(required_acr=PHR))
    assert visitor.address.split("?")[0].endswith("/login/enrol"), visitor.address
    if language != "en":
        visitor._http.headers["Accept-Language"] = language
        visitor.open(visitor.address)
    return visitor


@pytest.mark.parametrize(("language", "said"), [("en", ENGLISH), ("es", SPANISH)])
def test_a_page_without_any_way_says_what_to_do(bare: World, language: str, said: tuple[str, ...]) -> None:
    """B1: why nothing is offered, and whom to call; the telephone number is a link, and there is a way out."""
    visitor = at_the_page(bare, language)
    for sentence in said:
        assert sentence in visitor.text
    assert bare.settings.help_phone in visitor.text
    assert "/logout" in visitor.answer.text


def test_no_weaker_way_is_offered_instead(bare: World) -> None:
    """Threat 32: an app or a phone would not do, so neither is shown."""
    visitor = at_the_page(bare)
    assert "Authenticator app" not in visitor.text and "Text message" not in visitor.text
    assert "/login/enrol/passkey" not in visitor.answer.text


def test_where_an_app_will_do_there_is_nothing_to_explain(bare: World) -> None:
    """Two factors are within reach at this address, too."""
    bare.seed(PAT)
    visitor = bare.signed_in(PAT, bare.ticket(required_acr="urn:gatehouse:acr:2"))
    assert "Set up an app" in visitor.text and ENGLISH[0] not in visitor.text


def test_where_passkeys_work_one_is_offered(world: World) -> None:
    """The sentence is for addresses without them only."""
    visitor = at_the_page(world)
    assert "Make a passkey" in visitor.text and ENGLISH[0] not in visitor.text


def test_somebody_with_an_app_comes_to_the_same_page(bare: World) -> None:
    """Two factors are not enough for this app: they learn it before anything is asked of them again."""
    bare.seed(MEG)
    visitor = bare.signed_in(MEG, bare.ticket(required_acr="urn:gatehouse:acr:2"))
    type_code(visitor, bare.code())
    visitor.open(bare.ticket(required_acr=PHR))
    assert ENGLISH[0] in visitor.text
