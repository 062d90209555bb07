"""The states of an account and the ways between them."""

import pytest

from identity.accounts.states import Population, Status, after_activation, may_prove, may_sign_in, sources_of, told


def test_closed_is_for_good() -> None:
    """No way leads out of a closed account."""
    assert all(Status.CLOSED not in sources_of(status) for status in Status)


def test_any_account_can_be_closed() -> None:
    """Whoever was invited, waits, works or is held can be gone."""
    assert set(sources_of(Status.CLOSED)) == set(Status) - {Status.CLOSED}


def test_only_somebody_who_could_sign_in_is_suspended() -> None:
    """An invitation is withdrawn by closing; there is nothing to hold."""
    assert set(sources_of(Status.SUSPENDED)) == {Status.PENDING, Status.ACTIVE}


def test_a_suspension_ends_where_it_began() -> None:
    """Both states that can be suspended can be returned to."""
    assert Status.SUSPENDED in sources_of(Status.PENDING) and Status.SUSPENDED in sources_of(Status.ACTIVE)


@pytest.mark.parametrize(
    ("status", "signs_in", "proves"),
    [
        (Status.INVITED, False, False),
        (Status.PENDING, True, True),
        (Status.ACTIVE, True, True),
        (Status.SUSPENDED, False, True),
        (Status.CLOSED, False, True),
    ],
)
def test_a_held_person_learns_so_only_after_proof(status: Status, signs_in: bool, proves: bool) -> None:
    """To everybody else a held account looks like any other name (ASVS 6.3.8)."""
    assert (may_sign_in(status), may_prove(status)) == (signs_in, proves)


def test_others_know_a_suspension_as_a_lock() -> None:
    """Services that decide need not tell an operator's hold from a timed one."""
    assert told(Status.SUSPENDED) == "locked" and told(Status.ACTIVE) == "active" and told(Status.CLOSED) == "closed"


@pytest.mark.parametrize(
    ("population", "member", "status"),
    [
        (Population.STAFF, False, Status.ACTIVE),
        (Population.PROVIDER, False, Status.PENDING),
        (Population.PROVIDER, True, Status.ACTIVE),
    ],
)
def test_a_new_account_is_active_once_somebody_took_it(population: Population, member: bool, status: Status) -> None:
    """Staff need no membership; everybody else waits for one."""
    assert after_activation(population, has_membership=member) is status
