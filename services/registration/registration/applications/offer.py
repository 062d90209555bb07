"""What an applicant can ask for: functions as plain tasks, and profiles that bundle them.

Access-manager owns the catalogue. Its answer is kept in the cache for a while and in one row for
good, so that nobody is stopped at this question while access-manager is away.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from registration.applications.answers import OrganizationKind
from registration.applications.models import KnownOffer
from registration.applications.organizations.kinds import may_hold
from registration.neighbours import access
from shared.errors import unavailable
from shared.i18n import say
from shared.service import Context

_KEY = "offer"
_AWAY = say("The list of tasks cannot be shown right now. Your answers are kept: try again in a minute.")
_FRESH = timedelta(minutes=5)
_RETRY = timedelta(seconds=30)  # between two questions to a neighbour that is away


@dataclass(frozen=True)
class Task:
    """One function: its `task` is what a checkbox says, `sentence` what it means."""

    id: str
    category: str
    task: str
    sentence: str
    contracted_only: bool
    sensitive: bool


@dataclass(frozen=True)
class Bundle:
    """A profile: a name for several functions."""

    id: str
    name: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """Everything that can be asked for, in the catalogue's order."""

    tasks: tuple[Task, ...]
    bundles: tuple[Bundle, ...]

    def ids(self) -> frozenset[str]:
        """The ids of all functions."""
        return frozenset(task.id for task in self.tasks)

    def profiles(self) -> dict[str, tuple[str, ...]]:
        """Profile → its functions."""
        return {bundle.id: bundle.functions for bundle in self.bundles}

    def named(self, functions: list[str]) -> list[Task]:
        """The tasks among `functions`, in the catalogue's order."""
        return [task for task in self.tasks if task.id in functions]

    def allowed(self, *, contracted: bool, kind: OrganizationKind = OrganizationKind.PRACTICE) -> list[Task]:
        """What an organization may hold, by whether it has a contract and by its kind."""
        fitting = self.fitting({kind}).tasks
        return [task for task in fitting if contracted or not task.contracted_only]

    def fitting(self, kinds: Collection[OrganizationKind]) -> "Offer":
        """What organizations of all these kinds may hold; of bundles that are left with the same tasks, the first."""
        tasks = tuple(
            task
            for task in self.tasks
            if all(may_hold(kind, category=task.category, sensitive=task.sensitive) for kind in kinds)
        )
        left = {task.id for task in tasks}
        bundles: dict[tuple[str, ...], Bundle] = {}
        for bundle in self.bundles:
            functions = tuple(each for each in bundle.functions if each in left)
            if functions:
                bundles.setdefault(functions, replace(bundle, functions=functions))
        return Offer(tasks, tuple(bundles.values()))


def parse(body: Mapping[str, object]) -> Offer:
    """Read access-manager's answer; raises ValueError or KeyError for anything else."""
    functions, profiles = body["functions"], body["profiles"]
    if not isinstance(functions, list) or not isinstance(profiles, list):
        raise ValueError("functions and profiles are lists")
    tasks = tuple(_task(each) for each in functions)
    bundles = tuple(Bundle(str(each["id"]), str(each["name"]), tuple(map(str, each["functions"]))) for each in profiles)
    return Offer(tasks, bundles)


def current(context: Context) -> Offer:
    """What can be asked for now; the last known answer while access-manager is away. Raises a 503 Problem."""
    cached = context.cache.get(_KEY)
    if cached is not None:
        return parse(json.loads(cached))
    body = access.functions(context.neighbours)
    if body is not None:
        offer = parse(body)
        _remember(context, body)
        return offer
    with context.reading() as session:
        known = session.get(KnownOffer, _KEY)
    if known is None:
        raise unavailable("access-manager-away", _AWAY, 60)
    context.cache.set(_KEY, json.dumps(known.body).encode(), _RETRY)
    return parse(known.body)


def _task(entry: Mapping[str, object]) -> Task:
    return Task(
        id=str(entry["id"]),
        category=str(entry["category"]),
        task=str(entry["task"]),
        sentence=str(entry["sentence"]),
        contracted_only=bool(entry["contracted_only"]),
        sensitive=bool(entry["sensitive"]),
    )


def _remember(context: Context, body: dict[str, object]) -> None:
    context.cache.set(_KEY, json.dumps(body).encode(), _FRESH)
    with context.transaction() as work:
        work.session.merge(KnownOffer(id=_KEY, body=body, learnt_at=work.now))
