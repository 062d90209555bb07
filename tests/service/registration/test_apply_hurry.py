"""What people leave out on the pages of an application because another answer says it already (WCAG 3.3.7)."""

from tests.service.registration.house import House, Visitor


def at_the_organization(house: House) -> Visitor:
    """A representative at the question about the organization, its name filled in."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    person.fill("Name of the organization", "Harbor Family Practice")
    return person


def test_who_enters_a_tin_has_said_that_there_is_one(house: House) -> None:
    """The TIN never comes back in a page: to refuse it for a radio button left alone would make them type it again."""
    person = at_the_organization(house)
    person.fill("TIN", "12-3456789")
    person.press("Continue")
    assert "How we reach you" in person.text
    person.open("/register/organization")
    assert "We have the TIN that ends in 6789." in person.text


def test_who_says_neither_is_asked(house: House) -> None:
    """No TIN and no answer: the question is asked again, at its own place."""
    person = at_the_organization(house)
    person.press("Continue")
    assert person.answer.status_code == 422
    assert "Choose whether the organization has a TIN" in person.text


def test_who_has_no_tin_is_not_held_to_one_typed_before(house: House) -> None:
    """The field is hidden by then: what stands in it counts for nothing."""
    person = at_the_organization(house)
    person.fill("TIN", "12-34")
    person.choose("I don’t have a TIN")
    person.press("Continue")
    assert "How we reach you" in person.text
    assert [row.has_tin for row in house.rows("SELECT has_tin FROM applications")] == [0]
