"""Use cases of letters: ask for one, print it with a new key, cancel it, enter its key, let dead ones go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from registration.applications.models import Application
from registration.applications.states import State
from registration.directory import models as directory
from registration.directory.models import DirectoryEntry
from registration.evidence import service as evidence
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.letters import keys, models
from registration.evidence.letters.models import LIVES, Letter, LetterState
from registration.evidence.letters.wording import LetterFacts, LetterText, written
from registration.evidence.service import Refused
from registration.evidence.ways import Way
from shared.errors import Problem, conflict, not_found
from shared.service import Context, Work

AGAIN_AFTER = timedelta(days=14)
LETTERS_OF_APPLICATION = 3
_KEPT = timedelta(days=400)
_LONGEST_LIST = 200


class Reason(StrEnum):
    """Why a letter is cancelled. A list, not free text: it is audited, and a TIN has no place there."""

    NO_ADDRESS = "no_address"
    CAME_BACK = "came_back"
    DOUBTFUL = "doubtful"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Wish:
    """What the applicant knows of letters: when one was asked for last, and from when another may be; None: never."""

    asked_at: datetime | None
    again_at: datetime | None

    def may_ask(self, now: datetime) -> bool:
        """Whether a letter may be asked for now."""
        return self.asked_at is None or (self.again_at is not None and now >= self.again_at)


@dataclass(frozen=True)
class LetterFile:
    """A letter as the desk sees it. Where it goes is what the directory says, nothing else."""

    letter: Letter
    application: Application
    entry: DirectoryEntry | None

    @property
    def address(self) -> list[str]:
        """The lines of the address on file; none where there is no address."""
        return [line.strip() for line in (self.entry.address if self.entry else "").splitlines() if line.strip()]

    @property
    def organization(self) -> str:
        """The name on file; the applicant's word where there is none, and nothing is printed then."""
        return self.entry.name if self.entry else self.application.organization_name or ""

    @property
    def waits(self) -> bool:
        """Whether the letter may be printed or cancelled: its key is not used, and the desk still decides."""
        return self.letter.wanted_for is not None and self.application.state == State.VETTING


def wish_of(session: Session, application: Application) -> Wish:
    """Where the applicant stands. It never says whether a letter was printed: that would tell what is on file."""
    count, last = models.asked_for(session, application.id)
    return Wish(last, last + AGAIN_AFTER if last and count < LETTERS_OF_APPLICATION else None)


def ask(work: Work, application: Application) -> bool:
    """Ask for a letter; a later wish replaces the earlier one. False where it is too soon, or there were enough."""
    if not wish_of(work.session, application).may_ask(work.now):
        return False
    if not models.adopt(work.session, application.id, work.now):
        models.replace(work.session, application.id, work.now - AGAIN_AFTER, work.now)
        if not models.ask(work.session, work.ids.new("let"), application.id, None, work.now):
            return False  # a rival of the same person has just asked
    work.audit("evidence.letter_asked", target=application.id)
    return True


def write(work: Work, number: str, *, by: str) -> str:
    """Have a letter for an application the desk decides, as when nobody answers the telephone; return its id.

    The one that waits already is taken. Raises 404 for a number that is no such application's.
    """
    application = models.of_number(work.session, number.strip().upper())
    if application is None:
        raise not_found()
    letter_id = work.ids.new("let")
    if models.ask(work.session, letter_id, application.id, by, work.now):
        work.audit("evidence.letter_asked", target=application.id, after={"letter_id": letter_id})
        return letter_id
    found = models.wanted(work.session, application.id)
    if found is None:
        raise conflict("letter-closed", "The letter was used or cancelled at this moment. Look again.")
    return found.id


def enter_key(work: Work, hasher: EvidenceHasher, application: Application, key: str) -> Refused | None:
    """Try a key; None means verified. A wrong one counts as any other wrong try."""
    key_hash = hasher.key(application.id, key)
    return evidence.attempt(
        work, application, Way.MAILED_KEY, lambda: models.use(work.session, application.id, key_hash, work.now)
    )


def listed(session: Session) -> list[LetterFile]:
    """The letters of the desk's cases, those to print first."""
    found = models.waiting(session, _LONGEST_LIST)
    entries = directory.entries_of(session, [each.tin_index for _letter, each in found if each.tin_index])
    return [LetterFile(letter, each, entries.get(each.tin_index or "")) for letter, each in found]


def read_file(session: Session, letter_id: str) -> LetterFile:
    """One letter with all that belongs to it; raises 404."""
    letter = models.fresh(session, letter_id)
    application = session.get(Application, letter.application_id) if letter else None
    if letter is None or application is None:
        raise not_found()
    return LetterFile(letter, application, directory.entry_of(session, application.tin_index or ""))


def print_letter(work: Work, hasher: EvidenceHasher, letter_id: str, *, prints: int, by: str) -> LetterText:
    """Make the key of a letter and return the letter: the only time that the key is to be seen.

    `prints`: how often it was printed when the agent looked; printed again, the earlier paper is worth nothing. Raises
    404, and 409 `letter-closed`, `printed-meanwhile` or `no-address`.
    """
    found = read_file(work.session, letter_id)
    if not found.waits:
        raise _closed(found)
    if not found.address:
        raise conflict("no-address", "The directory has no address for this organization. Cancel the letter and call.")
    key = keys.from_token(work.ids.token(keys.RANDOM_BYTES))
    hashed = hasher.key(found.application.id, key)
    if found.letter.prints != prints or not models.note_print(work.session, found.letter, hashed, by, work.now):
        raise conflict(
            "printed-meanwhile", f"{found.letter.printed_by or 'Somebody'} printed it meanwhile. Look again."
        )
    after = {"letter_id": letter_id, "prints": prints + 1}
    work.audit("evidence.letter_printed", target=found.application.id, after=after)
    return _text(work, found, key)


def cancel(work: Work, letter_id: str, reason: Reason, *, by: str) -> None:
    """Cancel a letter whose key was not used. Raises 404, and 409 `letter-closed`."""
    found = read_file(work.session, letter_id)
    if not models.cancel(work.session, letter_id, by, reason, work.now):
        raise _closed(found)
    work.audit("evidence.letter_cancelled", target=found.application.id, after={"letter_id": letter_id}, reason=reason)


def let_go(context: Context) -> int:
    """Close letters whose key died and delete those closed long ago; return how many."""
    with context.transaction() as work:
        dead = models.let_die(work.session, work.now)
        return dead + models.forget(work.session, work.now - _KEPT)


def _closed(found: LetterFile) -> Problem:
    state = found.letter.state if found.letter.state not in (LetterState.ASKED, LetterState.PRINTED) else "not needed"
    return conflict("letter-closed", f"Nothing to do: this letter is {state}.", state=state)


def _text(work: Work, found: LetterFile, key: str) -> LetterText:
    settings = work.context.settings
    facts = LetterFacts(
        found.organization,
        found.address,
        found.application.display_name or "",
        found.application.number,
        keys.printed(key),
        work.now,
        work.now + LIVES,
    )
    return written(
        facts,
        language=found.application.language,
        brand=settings.brand,
        address=f"{settings.public_url}/register/status",
        phone=settings.help_phone,
    )
