"""The page door of recovery codes: made, shown once, made anew (B4)."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from identity.mfa import recovery_codes
from identity.mfa import service as mfa
from identity.sessions import door
from shared.web.door import reading, transaction
from shared.web.shell.render import page

blueprint = Blueprint("recovery_codes", __name__, url_prefix="/account/methods/recovery-codes")


@blueprint.get("")
@door.sensitive()
def ask() -> ResponseReturnValue:
    """Say what the codes are for; where there are some already, that they die."""
    return _question()


@blueprint.post("")
@door.sensitive()
def make() -> ResponseReturnValue:
    """Make a set and show it, this once; only for somebody who has a factor that the codes can stand in for."""
    account_id = door.here().account_id
    with transaction() as work:
        codes = recovery_codes.new_set(work, account_id) if mfa.enrolled(work.session, account_id) else []
    return page("methods/new_recovery_codes.html", codes=codes) if codes else _question(409)


def _question(status: int = 200) -> Response:
    account_id = door.here().account_id
    with reading() as session:
        left, enrolled = recovery_codes.remaining(session, account_id), mfa.enrolled(session, account_id)
    return page("methods/recovery_codes.html", status, left=left, enrolled=enrolled)
