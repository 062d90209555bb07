"""Evidence under rivals on real PostgreSQL: tries counted across accounts and processes, a key used once."""

import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from registration.app import SERVICE
from registration.applications.models import Application
from registration.applications.states import State
from registration.directory.vault import TinVault
from registration.evidence import delays, models, service
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.letters import keys
from registration.evidence.letters import models as letter_models
from registration.evidence.letters import service as letters
from registration.evidence.letters.models import Letter
from registration.evidence.service import Refusal, Refused
from registration.evidence.ways import Fact, Way, local_day
from registration.settings import RegistrationSettings
from shared import runtime
from shared.db.migrate import migrate
from shared.service import Context

RIVALS = 16
TIN = "123456789"
RIGHT = Fact(Way.PAYMENT, "EFT10004", 99307)
WRONG = Fact(Way.CLAIM, "CLM4711", 100, date(2026, 11, 5))
VERIFIED = "verified"


@pytest.fixture
def settings(postgres: Callable[..., str]) -> RegistrationSettings:
    """Registration on an empty PostgreSQL."""
    return RegistrationSettings(
        mode="test",
        database_url=postgres("registration"),
        broker_url="memory:",
        cache_url="memory:",
        secret_key=SecretStr("registration-race-key-0123456789abcdef"),
    )


@pytest.fixture
def places(settings: RegistrationSettings) -> Iterator[list[Context]]:
    """Two processes of registration on one database; each has its own cache, which nothing here may rely on."""
    found = [runtime.build(SERVICE, settings) for _ in range(2)]
    migrate(found[0].database, SERVICE.migrations)
    yield found
    for place in found:
        place.database.close()


@pytest.fixture
def place(places: list[Context]) -> Context:
    """One of them."""
    return places[0]


def applied(place: Context, number: int, account_id: str, tin: str = TIN) -> Application:
    """An application that the desk decides."""
    sealed = place.part(TinVault).seal(tin)
    with place.transaction() as work:
        application = Application(
            id=f"app_{number}",
            number=f"AAAA-{number:04}",
            state=State.VETTING,
            version=3,
            language="en",
            has_tin=True,
            tin_box=sealed.box,
            tin_index=sealed.index,
            account_id=account_id,
            created_at=work.now,
            touched_at=work.now,
        )
        work.session.add(application)
        return application


def known(place: Context) -> None:
    """The payer knows the right payment."""
    digest = place.part(EvidenceHasher).fact(place.part(TinVault).index(TIN), RIGHT)
    with place.transaction() as work:
        assert models.learn(work.session, [(digest, local_day(work.now))]) == 1


def trying(place: Context, application: Application, fact: Fact) -> Callable[[], str]:
    """One try; it gives why it was refused, or that it was right."""

    def run() -> str:
        with place.transaction() as work:
            refused = service.try_fact(work, place.part(EvidenceHasher), application, fact)
        return refused.why if isinstance(refused, Refused) else VERIFIED

    return run


def race(acts: list[Callable[[], str]]) -> list[str]:
    """Run every act at once; return what each gave, sorted."""
    start, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], str]) -> None:
        start.wait()
        results.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_sixteen_accounts_at_one_tin(places: list[Context]) -> None:
    """Threat 27: whoever tries and in whichever process, a TIN takes so many wrong tries before it rests."""
    at_once = delays.TIN_TRIES_AT_ONCE + 1
    applications = [applied(places[0], n, f"acc_{n}") for n in range(RIVALS)]
    told = race([trying(places[n % 2], each, WRONG) for n, each in enumerate(applications)])
    assert told == [Refusal.TOO_SOON] * (RIVALS - at_once) + [Refusal.WRONG] * at_once


def test_sixteen_tries_of_one_applicant_at_as_many_tins(places: list[Context]) -> None:
    """F5, threat 29: five wrong tries in all, however many applications and windows the applicant has."""
    applications = [applied(places[0], n, "acc_1", f"9876543{n:02}") for n in range(RIVALS)]
    told = race([trying(places[n % 2], each, WRONG) for n, each in enumerate(applications)])
    left = RIVALS - delays.APPLICANT_TRIES
    assert told == [Refusal.SPENT] * left + [Refusal.WRONG] * delays.APPLICANT_TRIES


def test_a_right_answer_sent_sixteen_times_is_one_proof(places: list[Context], place: Context) -> None:
    """Every window is told that it is right; it is written and audited once, and no try is lost."""
    known(place)
    application = applied(place, 1, "acc_1")
    assert race([trying(places[n % 2], application, RIGHT) for n in range(RIVALS)]) == [VERIFIED] * RIVALS
    with place.reading() as session:
        assert [each.way for each in service.verified_of(session, ["app_1"])["app_1"]] == [Way.PAYMENT]
        tries = models.tries_of(session, ["account:acc_1", f"tin:{application.tin_index}"])
        assert [each.wrong for each in tries.values()] == [0, 0]


def test_right_and_wrong_at_once_lose_no_count(places: list[Context], place: Context) -> None:
    """What a right try gives back is its own, not a rival's."""
    known(place)
    application = applied(place, 1, "acc_1")
    acts = [trying(places[n % 2], application, RIGHT if n % 4 else WRONG) for n in range(8)]
    told = race(acts)
    assert told == [VERIFIED] * 6 + [Refusal.WRONG] * 2
    with place.reading() as session:
        assert models.tries_of(session, ["account:acc_1"])["account:acc_1"].wrong == 2


def test_one_key_in_sixteen_windows_is_used_once(places: list[Context], place: Context) -> None:
    """Threat 30: one guarded UPDATE; the others are wrong tries, and held back as such."""
    application, hasher = applied(place, 1, "acc_1"), place.part(EvidenceHasher)
    key = keys.from_token("A" * 12)
    with place.transaction() as work:
        assert letters.ask(work, application)
        (letter,) = work.session.scalars(select(Letter)).all()
        hashed = hasher.key(application.id, key)
        assert letter_models.note_print(work.session, letter, hashed, "Dana", work.now)

    def enter(at: Context) -> Callable[[], str]:
        def run() -> str:
            with at.transaction() as work:
                refused = letters.enter_key(work, at.part(EvidenceHasher), application, key)
            return refused.why if refused else VERIFIED

        return run

    told = race([enter(places[n % 2]) for n in range(RIVALS)])
    assert told.count(VERIFIED) == 1
    assert set(told) <= {VERIFIED, Refusal.WRONG, Refusal.TOO_SOON, Refusal.SPENT}


def test_sixteen_wishes_are_one_letter(places: list[Context], place: Context) -> None:
    """A double click, a reload, another window: one letter."""
    application = applied(place, 1, "acc_1")

    def ask(at: Context) -> Callable[[], str]:
        def run() -> str:
            with at.transaction() as work:
                return str(letters.ask(work, application))

        return run

    assert race([ask(places[n % 2]) for n in range(RIVALS)]) == ["False"] * (RIVALS - 1) + ["True"]


def test_the_same_facts_from_two_imports_at_once_are_kept_once(places: list[Context]) -> None:
    """The nightly file and a hand-started import may meet."""
    facts = [(f"{n:064}", date(2026, 12, 1)) for n in range(200)]

    def learn(at: Context) -> Callable[[], str]:
        def run() -> str:
            with at.transaction() as work:
                return str(models.learn(work.session, facts))

        return run

    assert sum(map(int, race([learn(each) for each in places]))) == 200
