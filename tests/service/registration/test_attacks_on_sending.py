"""Threat 27 at registration: whoever lets codes be sent is counted, whatever address of theirs they come from."""

from datetime import timedelta

from registration.contacts.codes import ADDRESS_SENDS_PER_DAY, MAX_SENDS, RESEND_PAUSE, SENDER_SENDS_PER_HOUR
from tests.service.registration.house import House, Visitor


def begin(house: House, number: int, email: str, client: str) -> Visitor:
    """Somebody at `client` types their contacts, and the first code leaves, or does not."""
    house.origin.client_address = client  # type: ignore[attr-defined]
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    house.answer_organization(person, None, "Harbor Family Practice")
    person.fill("Full name", "Casey Coordinator")
    person.fill("E-mail address", email)
    person.fill("Mobile number", f"202 555 {number:04}")
    person.press("Continue")
    return person


def let_all_be_sent(house: House, number: int) -> None:
    """Everything that one draft can let be sent within the hour, each time from another address of one /64."""
    person = begin(house, number, f"p{number}@practice.example", f"2001:db8:5:5::{number:x}:0")
    person.post("/register/email-code/other", {})
    for again in range(1, MAX_SENDS):
        house.wait(RESEND_PAUSE + timedelta(seconds=1))
        house.origin.client_address = f"2001:db8:5:5::{number:x}:{again}"  # type: ignore[attr-defined]
        person.post("/register/email-code/again", {})
        person.post("/register/mobile-code/again", {})


def test_attack_27_one_ipv6_customer_is_one_sender(house: House) -> None:
    """Threat 27: a /64 is one line; its other addresses let no more codes be sent, and its neighbour's still do."""
    for number in range(100, 100 + SENDER_SENDS_PER_HOUR // (2 * MAX_SENDS) + 1):
        let_all_be_sent(house, number)
    last = begin(house, 199, "last@practice.example", "2001:db8:5:5:ffff:ffff:ffff:ffff")
    assert last.answer.status_code == 429
    assert house.messages("last@practice.example") == []
    assert begin(house, 198, "next@practice.example", "2001:db8:5:6::1").answer.status_code == 200


def test_attack_27_one_mailbox_is_one_address(house: House) -> None:
    """Threat 27: capital letters buy no more letters to somebody else's mailbox."""
    name = "somebody.else"
    for number in range(ADDRESS_SENDS_PER_DAY):
        written = name[:number].upper() + name[number:]
        begin(house, 100 + number, f"{written}@practice.example", f"203.0.113.{number + 1}")
    last = begin(house, 199, "SOMEBODY.Else@practice.example", "203.0.113.99")
    assert last.answer.status_code == 429
