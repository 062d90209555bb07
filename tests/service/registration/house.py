"""Registration as a test lives with it: real app, real SQLite, its neighbours on the same street."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, cast

import httpx
from flask import Flask
from sqlalchemy import text

from registration.directory import imports
from registration.directory.imports import Row
from registration.directory.vault import TinVault
from shared.clock import SettableClock
from shared.events.event import Event
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.service import Context
from tests.service.registration.street import ORIGIN, SignedIn, Street
from tests.support.pages import PageVisitor

WSGI = Callable[..., Iterable[bytes]]


class Neighbourhood:
    """One origin: registration's paths to registration, all others to the street."""

    def __init__(self, registration: Flask, street: Flask) -> None:
        self._registration, self._street = registration, street
        self.client_address = "203.0.113.7"

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = self.client_address
        path = str(environ["PATH_INFO"])
        ours = path.startswith(("/register", "/desk", "/api/registration"))
        return cast("WSGI", self._registration if ours else self._street)(environ, start)


class Visitor(PageVisitor):
    """A person at a browser whose network is this process."""

    def __init__(self, origin: WSGI, language: str = "en") -> None:
        super().__init__(ORIGIN, language)
        self._http.close()
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=origin), base_url=ORIGIN, headers={"Accept-Language": language}
        )

    def close(self) -> None:
        """Close the browser."""
        self._http.close()

    def forget(self, name: str) -> None:
        """Lose a cookie."""
        self._http.cookies.delete(name)

    def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        """Send a form past its page, with the token of the page that is open."""
        token = self._page.xpath("//input[@name='csrf_token']/@value")[0]
        return self._http.post(path, data={**form, "csrf_token": token}, headers={"Origin": ORIGIN})


class House:
    """The service under test, and what a test does with it."""

    def __init__(self, context: Context, app: Flask, clock: SettableClock, street: Street, origin: WSGI) -> None:
        self.context, self.app, self.clock, self.street, self.origin = context, app, clock, street, origin
        self._inbox = Inbox(context, pause=lambda _seconds: None)
        self._visitors: list[Visitor] = []

    def visitor(self, language: str = "en") -> Visitor:
        """Another person at another browser."""
        self._visitors.append(Visitor(self.origin, language))
        return self._visitors[-1]

    def close(self) -> None:
        """Close every browser and the database."""
        for visitor in self._visitors:
            visitor.close()
        self.context.database.close()

    def directory(self, *rows: Row) -> None:
        """Import rows into the directory."""
        with self.context.transaction() as work:
            for row in rows:
                imports.keep(work, self.context.part(TinVault), row)

    def sign_in(self, account_id: str, name: str, population: str = "provider", acr: int = 1) -> None:
        """Identity will say that this person is at whichever browser comes next."""
        self.street.person = SignedIn(account_id, name, population, f"urn:gatehouse:acr:{acr}")

    def messages(self, to: str) -> list[str]:
        """The texts queued for an address, oldest first."""
        query = "SELECT body FROM notices WHERE recipient = :to ORDER BY created_at, id"
        return [row.body for row in self.rows(query, to=to)]

    def code(self, to: str) -> str:
        """The newest code sent to an address."""
        return re.findall(r"\b[0-9]{6}\b", self.messages(to)[-1])[0]

    def published(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The events that wait to be sent, whole, oldest first."""
        found = [json.loads(row.body) for row in self.rows("SELECT body FROM outbox ORDER BY number")]
        return [each for each in found if kind in (None, each["type"])]

    def audited(self) -> list[str]:
        """The actions recorded, oldest first."""
        return [row.action for row in self.rows("SELECT action FROM audit_entries ORDER BY number")]

    def rows(self, query: str, **values: object) -> list[Any]:
        """Look into the database."""
        with self.context.reading() as session:
            return list(session.execute(text(query), values).all())

    def hear(self, sender: str, kind: str, subject: str, sequence: int, **data: object) -> bytes:
        """An event of a neighbour arrives; return it as it travelled."""
        event = Event(self.context.ids.new("evt"), kind, sender, subject, sequence, self.clock.now(), dict(data))
        body = event.to_bytes()
        self.hear_again(sender, kind, body)
        return body

    def hear_again(self, sender: str, kind: str, body: bytes) -> None:
        """The same bytes arrive once more."""
        self._inbox.receive([Delivery(sender, kind, body)])
        parked = self.rows("SELECT error FROM parked_events")
        assert not parked, parked

    def apply(
        self,
        visitor: Visitor | None = None,
        *,
        tin: str | None = "12-3456789",
        who: str = "Representative",
        email: str = "casey@practice.example",
        mobile: str = "202 555 0143",
        organization: str = "Harbor Family Practice",
    ) -> Visitor:
        """Walk through the questions up to "check your answers"."""
        person = visitor or self.visitor()
        person.open("/register")
        person.press("Start")
        person.choose(who)
        person.press("Continue")
        self.answer_organization(person, tin, organization)
        person.fill("Full name", "Casey Coordinator")
        person.fill("E-mail address", email)
        person.fill("Mobile number", mobile)
        person.press("Continue")
        self.prove(person, email, "+1" + re.sub(r"\D", "", mobile))
        person.choose("Billing")
        person.press("Continue")
        assert "Check your answers" in person.text, person.text
        return person

    def answer_organization(self, person: Visitor, tin: str | None, organization: str) -> None:
        """The page about the organization."""
        person.fill("Name of the organization", organization)
        person.choose("I don’t have a TIN" if tin is None else "Yes, I enter its TIN")
        if tin is not None:
            person._typed["tin"] = tin
        person.press("Continue")

    def prove(self, person: Visitor, email: str, mobile: str) -> None:
        """Both codes, one after the other."""
        person.fill("6-digit code", self.code(email))
        person.press("Continue")
        person.fill("6-digit code", self.code(mobile))
        person.press("Continue")

    def submit(self, person: Visitor) -> str:
        """Hand in, choose credentials at identity, come back; return the application's id."""
        person.press("Choose user ID and password")
        person.press("Create account")
        return person.address.split("/")[-2]

    def wait(self, by: timedelta) -> None:
        """Let time pass."""
        self.clock.advance(by)
