"""Access-manager under a new key: an invitation on its way is still one when the old key is gone."""

import httpx
import pytest
from sqlalchemy import select, update

from access_manager.invitations.models import InvitationLink
from shared import runtime
from shared.crypto import keyed_sha256
from shared.sealed import Sealed
from tests.service.access_manager.invited import ANN, INVITATIONS, invite, link_to, practices
from tests.service.access_manager.world import ORIGIN, World
from tests.support.keys import NEW, key_of, resealed, restarted


@pytest.fixture
def link(world: World) -> str:
    """The link of a letter that was sent under the old key."""
    practices(world)
    invite(world)
    return link_to(world)


def opened(world: World, link: str, *keys: str) -> bool:
    """Whether a process with these keys knows the link."""
    place = restarted(world.context, *keys)
    answer = runtime.web(place).test_client().get(link, headers={"Accept": "text/html"})
    place.database.close()
    return answer.status_code == 200 and "Lakeside Family Practice" in answer.get_data(as_text=True)


def test_a_letter_on_its_way_outlives_the_key(world: World, link: str) -> None:
    """Its link opens before the command, after it, and without the old key; a made-up one never does."""
    old = key_of(world.context)
    assert opened(world, link, old) and opened(world, link, NEW, old)
    both = restarted(world.context, NEW, old)
    told = resealed(both)
    both.database.close()
    assert (told["resealed"], told["older_keys"]) == (1, "can be removed")
    assert opened(world, link, NEW, old) and opened(world, link, NEW)
    assert not opened(world, link, old) and not opened(world, link[:-4] + "AAAA", NEW)


def test_a_letter_of_before_opens_as_long_as_its_key_is_there(world: World, link: str) -> None:
    """Hashed with the key itself, as until decision 0060: it runs out in two weeks, and is reported until then."""
    old, secret = key_of(world.context), link.partition("token=")[2]
    with world.context.transaction() as work:
        former = Sealed(keyed_sha256(old.encode(), secret))
        assert work.session.execute(select(InvitationLink.secret_hash)).scalar_one() != former
        work.session.execute(update(InvitationLink).values(secret_hash=former))
    assert opened(world, link, NEW, old)
    both = restarted(world.context, NEW, old)
    assert resealed(both, exit_code=1)["opened_by_no_key"] == 1
    both.database.close()


def test_a_repeated_call_gets_its_first_answer_under_the_new_key(world: World) -> None:
    """What is kept for a day in case a program asks again is sealed, too, in every service."""
    practices(world)
    caller = world.api(subject="acc_meg")
    caller.headers["Idempotency-Key"] = "the-same-call"
    first = caller.post(INVITATIONS, json=ANN)
    both, alone = restarted(world.context, NEW, key_of(world.context)), restarted(world.context, NEW)
    assert resealed(both)["resealed"] == 2  # the answer, and the link in the letter
    again = httpx.Client(transport=httpx.WSGITransport(app=runtime.web(alone)), base_url=ORIGIN, headers=caller.headers)
    repeated = again.post(INVITATIONS, json=ANN)
    assert repeated.headers["Idempotency-Replayed"] == "true"
    assert (repeated.status_code, repeated.json()) == (first.status_code, first.json())
    for place in (both, alone):
        place.database.close()
