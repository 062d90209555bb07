"""The page door of policies: all of them, what departs and why, and one to change."""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.governance import departures, holding, showing
from identity.operators.governance.forms import JustificationForm
from identity.operators.people.search import named
from identity.operators.roles import Area
from identity.policies import bounds, rules, service
from identity.policies.service import Deviation
from identity.risk.reasons import SENTENCES
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.language import words

blueprint = Blueprint("operators_policy", __name__, url_prefix="/admin/policies")


@blueprint.get("")
@staff(Area.READ_POLICIES)
def show() -> ResponseReturnValue:
    """Every policy with its value and its default."""
    with reading() as session:
        current = service.current(session)
    rows = [_row(name, getattr(current, name)) for name in rules.NAMES]
    return admin_page("operators/policies.html", rows=rows, done=request.args.get("done") in rules.NAMES)


@blueprint.get("/deviations")
@staff(Area.READ_POLICIES)
def deviations() -> ResponseReturnValue:
    """Every departure from a default, with its justification, who and when."""
    with reading() as session:
        found = departures.all_of(context(), session)
        people = named(session, {one.set_by for one in found.deviations})
        names = people | holding.names_of(session, found.deviations)
    rows = [_departure(one, names) for one in found.deviations]
    return admin_page("operators/deviations.html", rows=rows, apps=found.clients)


@blueprint.get("/<name>")
@staff(Area.POLICIES, acting=True)
def ask(name: str) -> ResponseReturnValue:
    """One policy, ready to be changed."""
    _known(name)
    with reading() as session:
        value = rules.plain(getattr(service.current(session), name))
    return _form(name, value, {}, {})


@blueprint.post("/<name>")
@staff(Area.POLICIES, acting=True)
def change(name: str) -> ResponseReturnValue:
    """Change it, with a justification where it departs from the default."""
    _known(name)
    value = showing.read(name, request.form.to_dict(flat=False))
    values, errors = read_form(JustificationForm)
    errors = errors or _faults(name, value, values["justification"])
    if errors:
        return _form(name, value, values, errors)
    with transaction() as work:
        service.set_policy(work, name, value, values["justification"])
    return redirect(f"/admin/policies?done={name}", 303)


def _form(name: str, value: Any, values: Values, errors: Errors) -> ResponseReturnValue:
    bound = bounds.BOUNDS[name]
    facts = {"name": name, "bound": bound, "kind": type(bound.kind).__name__, "value": value, "signs": _signs(value)}
    default = showing.shown(words(), rules.default_of(name))
    status = 422 if errors else 200
    return admin_page("operators/policy.html", status, **facts, default=default, values=values, errors=errors)


def _signs(value: object) -> list[tuple[str, str, object]]:
    """Each sign of risk with its sentence and its points; nothing for other policies."""
    found = value.items() if isinstance(value, dict) else ()
    return [(sign, words().render(SENTENCES.get(sign) or sign), points) for sign, points in found]


def _faults(name: str, value: object, justification: str) -> Errors:
    single = _faulty_points(value)
    wrong = bounds.fault(name, value)
    if wrong:
        return single or {"value": words().render(wrong)}
    missing = bounds.unjustified(justification) if bounds.departs(name, value) else None
    return {"justification": words().render(missing)} if missing else {}


def _faulty_points(value: object) -> Errors:
    """What is wrong with single points, beside their fields."""
    found = value.items() if isinstance(value, dict) else ()
    wrong = {sign: bounds.POINTS.fault(points) for sign, points in found}
    return {f"points_{sign}": words().render(fault) for sign, fault in wrong.items() if fault}


def _row(name: str, value: object) -> dict[str, Any]:
    spoken = words()
    texts = {"value": showing.shown(spoken, value), "default": showing.shown(spoken, rules.default_of(name))}
    return {"name": name, "bound": bounds.BOUNDS[name], "departs": bounds.departs(name, value), **texts}


def _departure(one: Deviation, names: dict[str, str]) -> dict[str, Any]:
    spoken = words()
    value, default = showing.differing(one.value, one.default), showing.differing(one.default, one.value)
    texts = {"value": showing.shown(spoken, value), "default": showing.shown(spoken, default)}
    people = {"by": names.get(one.set_by, one.set_by), "held": names.get(one.organization_id or "")}
    return {"one": one, "title": showing.title(spoken, one.name), **people, **texts}


def _known(name: str) -> None:
    if name not in bounds.BOUNDS:
        raise not_found()
