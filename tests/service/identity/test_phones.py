"""Telephones as second factors: which numbers may be one, several at once, gone numbers; and all of it in Spanish."""

from datetime import timedelta

from identity.contacts import changes
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from identity.mfa import binding
from identity.mfa import service as mfa
from shared.service import SYSTEM
from tests.service.identity.factors import (
    TED,
    TWO_FACTORS,
    code_in,
    policy,
    recovery_set,
    subjects,
    texts,
    with_phone,
)
from tests.service.identity.world import MEG, World, type_code

SECOND = "+12025550199"


def new_number(world: World, account_id: str) -> Contact:
    """The person adds a mobile and proves it; it is still in quarantine (C5)."""
    with world.context.transaction(SYSTEM) as work:
        asked = changes.add(work, account_id, "sms", SECOND)
        assert isinstance(asked, Contact)
        changes.prove(work, account_id, asked.id)
    return asked


def test_a_number_in_quarantine_becomes_no_factor(world: World) -> None:
    """A stolen session adds a number and would make it a factor: not before the old addresses have had their time."""
    (account_id,) = world.seed(TED)
    new_number(world, account_id)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Use my phone number")
    assert "•••• 0111" in visitor.text and "•••• 0199" not in visitor.text
    visitor.open("/account/methods/phone")
    assert "•••• 0111" in visitor.text and "•••• 0199" not in visitor.text


def test_after_its_quarantine_a_number_may_become_one(world: World) -> None:
    """Three days later it stands beside the first, and the one that is chosen gets the code."""
    (account_id,) = world.seed(TED)
    new_number(world, account_id)
    world.clock.advance(timedelta(hours=73))
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Use my phone number")
    visitor.choose("•••• 0199")
    visitor.press("Send the code")
    type_code(visitor, code_in(texts(world, "0199")[-1]), "Finish setting up")
    assert visitor.address.endswith("/account?came=back")
    with world.context.reading() as session:
        assert [method.name for method in mfa.methods(session, account_id)] == ["•••• 0199"]


def test_with_two_phones_the_code_goes_to_the_one_that_was_picked(world: World) -> None:
    """Both are listed by their last digits; each gets only what was asked for it."""
    account_id = with_phone(world)
    second = new_number(world, account_id)
    world.clock.advance(timedelta(hours=73))
    _bind(world, account_id, second.id)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Use another way")
    assert visitor.answer.text.count("Code by text message") == 2
    with world.context.reading() as session:
        wanted = next(method.id for method in mfa.methods(session, account_id) if method.contact_id == second.id)
    visitor.open(visitor.address.replace("/ways", "") + f"&by={wanted}")
    visitor.press("Send the code")
    with_codes = [[text for text in texts(world, number) if "#" in text] for number in ("0111", "0199")]
    assert [len(found) for found in with_codes] == [0, 1]
    type_code(visitor, code_in(texts(world, "0199")[-1]))
    assert visitor.address.endswith("/account?came=back")


def test_a_number_is_one_factor_only_once(world: World) -> None:
    """Setting it up again changes nothing, and nobody is written to a second time."""
    account_id = with_phone(world)
    with world.context.transaction(SYSTEM) as work:
        (number,) = [one for one in contacts.listing(work.session, account_id) if one.kind == "sms"]
    _bind(world, account_id, number.id, fits=False)
    assert subjects(world).count("A phone for codes by text message was added to your account") == 1


def test_a_number_that_is_gone_shows_as_switched_off_and_can_go(world: World) -> None:
    """The page says that it does not work; beside an app it can be removed."""
    account_id = with_phone(world, type(TED)(**{**vars(TED), "totp_secret": MEG.totp_secret}))
    with world.context.transaction(SYSTEM) as work:
        work.session.connection().exec_driver_sql("UPDATE contact_points SET proved_at = NULL WHERE kind = 'sms'")
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    assert "Use another way" not in visitor.text
    type_code(visitor, world.code())
    visitor.open("/account/methods")
    assert "switched off" in visitor.text and "Remove it, and set up another." in visitor.text
    visitor.follow("Remove Text message")
    visitor.press("Remove it")
    with world.context.reading() as session:
        assert [method.kind for method in mfa.methods(session, account_id)] == ["authenticator_app"]


def test_withdrawing_text_messages_takes_them_off_the_lists(world: World) -> None:
    """An operator switches them off for everybody: nobody sets up a new one, who has a better way is not asked."""
    account_id = with_phone(world, type(TED)(**{**vars(TED), "totp_secret": MEG.totp_secret}))
    policy(world, "sms_populations", [])
    recovery_set(world, account_id)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Use another way")
    assert "Code by text message" not in visitor.text and "Recovery code" in visitor.text
    visitor.open("/login/prove")
    type_code(visitor, world.code())
    visitor.open("/account/methods/phone")
    assert visitor.answer.status_code == 404


def test_the_pages_of_second_factors_speak_spanish(world: World) -> None:
    """Set up, asked for, refused and named in the reader's language, and so is the message."""
    world.seed(type(TED)(**{**vars(TED), "language": "es"}))
    visitor = world.browser("es")
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    visitor.fill("ID de usuario", TED.user_id)
    visitor.fill("Contraseña", TED.password)
    visitor.press("Iniciar sesión")
    assert "Configure una segunda forma de iniciar sesión" in visitor.text
    visitor.follow("Usar mi número de teléfono")
    visitor.press("Enviar el código")
    visitor.press("Enviar otro código")
    assert "Podrá pedir otro código en 30 segundos" in visitor.text
    visitor.fill("Código de 6 dígitos", "000000")
    visitor.press("Terminar la configuración")
    assert "Este código no es correcto." in visitor.text
    assert "No comparta este código. Nunca lo pedimos." in texts(world)[-1]
    visitor.fill("Código de 6 dígitos", code_in(texts(world)[-1]))
    visitor.press("Terminar la configuración")
    visitor.open("/account/methods")
    assert "Mensaje de texto: •••• 0111" in visitor.text
    assert subjects(world)[-1] == "Se añadió a su cuenta: Un teléfono para códigos por mensaje de texto"


def test_codes_follow_the_language_of_the_account_not_of_the_browser(world: World) -> None:
    """A Spanish reader at an English office computer is written to in Spanish."""
    with_phone(world, type(TED)(**{**vars(TED), "language": "es"}))
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    visitor.press("Send the code")
    assert "su código es" in texts(world)[-1] and "Enter the code we sent you" in visitor.text


def _bind(world: World, account_id: str, contact_id: str, *, fits: bool = True) -> None:
    with world.context.transaction(SYSTEM) as work:
        contact = contacts.find(work.session, account_id, contact_id)
        assert contact is not None and binding.bind_contact(work, contact) is fits
