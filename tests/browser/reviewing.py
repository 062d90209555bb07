"""An access review that is open, and one that is over, so that their pages show people and outcomes."""

import re
from typing import TYPE_CHECKING

from tests.support.pages import PageVisitor

if TYPE_CHECKING:
    from tests.browser.scene import Scene


def reviews(scene: "Scene") -> None:
    """Alice opens a review of a whole practice and answers about one person; Omar's is over. Gives the ids."""
    alice = scene.visitor("manager")
    scene.world.settle()  # whoever has signed in by now is seen to have
    scene.places["review"] = opened(alice)
    answers = re.findall(r'id="f-\d+-keep" name="d-([^"]+)"', alice.answer.text)
    scene.places["reviewed_person"] = answers[-1]
    choose_first(alice)
    alice.press("Check your answers")
    alice.press("Save these answers")
    omar = scene.visitor("only_manager")
    scene.places["review_over"] = opened(omar)
    while "Check your answers" in omar.text:
        choose_first(omar)
        omar.press("Check your answers")
        omar.press("Save these answers")
    omar.press("Close the review")
    assert "Certificate" in omar.text, omar.text


def opened(manager: PageVisitor) -> str:
    """Open a review; its id."""
    manager.open("/manage/reviews")
    manager.press("Open a review")
    return manager.address.rsplit("/", 1)[1]


def choose_first(manager: PageVisitor) -> None:
    """Keep the first person of the page who can be answered about."""
    manager.choose("Keep")
