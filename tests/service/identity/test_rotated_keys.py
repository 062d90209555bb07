"""The service's key is rotated: what was made under the old one still proves, what is new is made under the new one."""

from tests.service.identity.factors import TWO_FACTORS, ask_for_code, code_in, recovery_set, texts, with_phone
from tests.service.identity.world import KEEP, MEG, World, type_code

NEW_KEY = "n" * 40


def rotated(world: World) -> World:
    """The same database under a new key, with the old one still known."""
    url = world.database_url or f"sqlite:///{world.folder / 'identity.db'}"
    return World(world.folder, url, clock=world.clock, changes={"secret_key": f"{NEW_KEY} {KEEP}"})


def test_a_code_sent_before_the_rotation_works_after_it(world: World) -> None:
    """Nobody who waits for a message has to ask twice."""
    with_phone(world)
    visitor = ask_for_code(world)
    code = code_in(texts(world)[-1])
    after = rotated(world)
    tab = after.browser()
    tab._http.cookies.update(visitor._http.cookies)
    tab.open(visitor.address)
    type_code(tab, code)
    assert tab.address.endswith("/account?came=back")
    after.close()


def test_apps_and_codes_on_paper_survive_the_rotation(world: World) -> None:
    """Encrypted secrets and keyed hashes are read with any key that is known."""
    (account_id,) = world.seed(MEG)
    paper = recovery_set(world, account_id)
    after = rotated(world)
    app = after.signed_in(MEG, after.ticket(required_acr=TWO_FACTORS))
    type_code(app, after.code())
    assert app.address.endswith("/account?came=back")
    lost = after.signed_in(MEG, after.ticket(required_acr=TWO_FACTORS))
    lost.follow("Use another way")
    lost.choose("Recovery code")
    lost.press("Continue")
    lost.fill("Recovery code", paper[0])
    lost.press("Continue")
    assert lost.address.endswith("/account?came=back")
    after.close()
