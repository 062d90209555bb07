"""The page door of accounts: find one, see all of it, and do one thing to it, with a reason."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.operators import door
from identity.operators.door import staff
from identity.operators.frame import AUDIT, admin_page
from identity.operators.people import portrait, search, service
from identity.operators.people.acts import WORDS, Act, offered
from identity.operators.people.forms import AIM_WORDS, FindForm, form_of
from identity.operators.people.service import Done, Refused
from identity.operators.record import sentences
from identity.operators.roles import Area, may
from identity.risk.reasons import SENTENCES
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.language import words

blueprint = Blueprint("operators_people", __name__, url_prefix="/admin")


@blueprint.get("", strict_slashes=False)
@staff(Area.HOME)
def home() -> ResponseReturnValue:
    """Where each role begins: the search, or the audit."""
    if not may(door.here().role, Area.ACCOUNTS):
        return redirect(AUDIT, 303)
    return admin_page("operators/home.html", values={}, errors={}, found=None)


@blueprint.post("/accounts")
@staff(Area.ACCOUNTS)
def find() -> ResponseReturnValue:
    """Find accounts. What was typed is in no address and no log, and looking somebody up is audited."""
    values, errors = read_form(FindForm)
    if errors:
        return admin_page("operators/home.html", 422, values=values, errors=errors, found=None)
    with transaction() as work:
        found = search.find(work.session, values["who"], work.now)
        for one in found:
            work.audit("account.looked_up", target=one.account_id)
    if len(found) == 1:
        return redirect(f"/admin/accounts/{found[0].account_id}", 303)
    return admin_page("operators/home.html", values=values, errors={}, found=found)


@blueprint.get("/accounts/<account_id>")
@staff(Area.ACCOUNTS)
def show(account_id: str) -> ResponseReturnValue:
    """Show everything about an account that staff may see, and what they may do."""
    now, who = context().clock.now(), door.here()
    with reading() as session:
        account = accounts.existing(session, account_id)
        picture = portrait.of_account(session, account, now)
        names = search.named(session, [entry.actor for entry in picture.history])
    acts = offered(who.role, service.standing(account, now, who.account_id))
    history = [(entry.at, *sentences.told(words(), entry, names)) for entry in picture.history]
    done = _act(request.args.get("done", ""))
    shown: Values = {"acts": acts, "words": WORDS, "history": history, "done": done, "why": SENTENCES, "now": now}
    return admin_page("operators/account.html", picture=picture, account=account, **shown)


@blueprint.get("/accounts/<account_id>/<act_name>")
@staff(Area.ACCOUNTS, acting=True)
def ask(account_id: str, act_name: str) -> ResponseReturnValue:
    """Ask for the reason, on a page that says what will happen."""
    with reading() as session:
        account = accounts.existing(session, account_id)
    return _asked(account, _must(act_name), {}, {})


@blueprint.post("/accounts/<account_id>/<act_name>")
@staff(Area.ACCOUNTS, acting=True)
def act(account_id: str, act_name: str) -> ResponseReturnValue:
    """Do it, once; the role and the state are asked again in the same transaction."""
    wanted = _must(act_name)
    values, errors = read_form(form_of(wanted))
    with transaction() as work:
        account = accounts.existing(work.session, account_id)
        aim, role = values.get("aim", ""), door.here().role
        outcome = None if errors else service.perform(work, wanted, account, values["reason"], role=role, aim=aim)
    if isinstance(outcome, Done):
        return redirect(f"/admin/accounts/{account_id}?done={wanted}", 303)
    return _asked(account, wanted, values, errors or _told(outcome))


def _asked(account: Account, wanted: Act, values: Values, errors: Errors) -> ResponseReturnValue:
    now, who = context().clock.now(), door.here()
    possible = wanted in offered(who.role, service.standing(account, now, who.account_id))
    aims = [(value, words().render(label)) for value, label in AIM_WORDS.items()]
    shown = {"values": values, "errors": errors, "possible": possible, "aims": aims if wanted is Act.RECOVER else []}
    status = 422 if errors else 200
    return admin_page("operators/act.html", status, account=account, act=wanted, words=WORDS[wanted], **shown)


def _told(outcome: Done | Refused | None) -> Errors:
    return {"": words().render(outcome.why)} if isinstance(outcome, Refused) else {}


def _act(name: str) -> Act | None:
    return Act(name) if name in set(Act) else None


def _must(name: str) -> Act:
    found = _act(name)
    if found is None:
        raise not_found()
    return found
