"""Recovery codes: ten secrets on paper, each good once, for the day on which the phone is lost.

80 bits each (SP 800-63B-4 §4.2.1.1 asks for 64), stored as salted scrypt sealed with a key of the service, because ASVS
6.5.2 asks for a password hash below 112 bits. A set has one salt, so that what was typed is hashed once for all ten.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, delete, func, select
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.contacts import service as contacts
from identity.mfa import binding, letters
from identity.mfa.models import RecoveryCode, use_recovery_code
from shared.crypto import HashBox
from shared.db import claimed
from shared.i18n import Translations
from shared.sealed import Sealed
from shared.service import Work

COUNT = 10
_LENGTH = 16  # characters of 5 bits
_BYTES = _LENGTH * 5 // 8
_GROUP = 4
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_TAKEN_FOR = str.maketrans("ilo", "110")
_RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_OURS = str.maketrans(_RFC_4648, _ALPHABET)
_N = 2**12  # scrypt's cost: some 10 ms and 4 MiB; the codes are random, so nobody guesses them from a dictionary


def new_set(work: Work, account_id: str) -> list[str]:
    """Give the account ten new codes, to be shown once; the old ones are dead. Every address hears of it (B4)."""
    accounts.hold(work, account_id)
    replaced = _is_there(work.session, account_id)
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    salt, codes = work.ids.token(16), [_new_code(work) for _ in range(COUNT)]
    work.session.add_all(_row(work, account_id, salt, code) for code in codes)
    work.session.flush()
    change = "replaced" if replaced else "added"
    binding.noted(work, account_id, "recovery_set", change, lambda words, who: _letter(words, who, change, work.now))
    return [in_groups(code) for code in codes]


def remaining(session: Session, account_id: str) -> int:
    """Return how many codes of the account's set are unused."""
    unused = (RecoveryCode.account_id == account_id) & RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count(RecoveryCode.id)).where(unused)) or 0


def prove(work: Work, account_id: str, typed: str) -> bool:
    """Return whether this is an unused code of the account; then it is used, and every address hears of it.

    The same work is done where there is no set.
    """
    salt = work.session.scalar(select(RecoveryCode.salt).where(RecoveryCode.account_id == account_id).limit(1))
    code = read(typed)
    hashes = _forms(work.context.settings.secret_keys, salt or "none", code or "")
    if code is None or not any(claimed(work.session.execute(_use(work, account_id, one))) for one in hashes):
        return False
    left = remaining(work.session, account_id)
    work.audit("recovery_code.used", target=account_id, after={"left": left})
    key = f"recovery-code:{account_id}:{salt}:{left}"
    contacts.tell_everywhere(work, account_id, lambda words, who: letters.code_used(words, who, left, work.now), key)
    return True


def read(typed: str) -> str | None:
    """Return the code of what was typed: any case, spaces and hyphens anywhere, look-alikes forgiven; or None."""
    text = unicodedata.normalize("NFKC", typed[:100]).casefold().translate(_TAKEN_FOR)
    code = "".join(sign for sign in text if sign.isalnum())
    return code if len(code) == _LENGTH and set(code) <= set(_ALPHABET) else None


def in_groups(code: str) -> str:
    """Return the code as it is shown: four groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def _is_there(session: Session, account_id: str) -> bool:
    return session.scalars(select(RecoveryCode.id).where(RecoveryCode.account_id == account_id)).first() is not None


def _new_code(work: Work) -> str:
    token = work.ids.token(_BYTES)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return base64.b32encode(raw).decode().translate(_TO_OURS)


def _row(work: Work, account_id: str, salt: str, code: str) -> RecoveryCode:
    hashed = HashBox(work.context.settings.secret_keys).seal(_scrypt(_named(code), salt))
    return RecoveryCode(id=work.ids.new("rcc"), account_id=account_id, salt=salt, code_hash=hashed, made_at=work.now)


def _use(work: Work, account_id: str, code_hash: Sealed) -> Update:
    return use_recovery_code(account_id, code_hash, work.now)


def _forms(keys: Sequence[bytes], salt: str, code: str) -> list[Sealed]:
    """What may be stored of a code. HMAC ties it to its key for good: sets made so work until then (decision 0060)."""
    former = (Sealed(_scrypt(hmac.digest(key, _named(code), "sha256"), salt).hex()) for key in keys)
    return [*HashBox(keys).forms(_scrypt(_named(code), salt)), *former]


def _named(code: str) -> bytes:
    return f"recovery-code:{code}".encode()


def _scrypt(value: bytes, salt: str) -> bytes:
    return hashlib.scrypt(value, salt=salt.encode(), n=_N, r=8, p=1, maxmem=2**25, dklen=32)


def _letter(words: Translations, name: str, change: str, at: datetime) -> tuple[str, str]:
    if change == "replaced":
        return letters.codes_renewed(words, name, at)
    return letters.added(words, name, "recovery_set", at)
