"""What follows a sign-in: code exchange, refresh with durable rotation, introspection and userinfo, each per second.

The reference keeps the same things in Redis, where nothing of ours is lost with the power: PostgreSQL commits each of
them before it answers.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import httpx

from identity.app import SERVICE as IDENTITY
from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import Client, ClientSpec
from identity.oidc.clients.service import ensure_client
from identity.oidc.grants.authorization import Authorization, open_grant
from identity.sessions import service as sessions
from shared import runtime
from shared.config import load as load_settings
from shared.service import Work
from tests.performance.contest import CONNECTIONS, ROUNDS, SECONDS, Rival, contest
from tests.performance.house import House, form_request
from tests.performance.load import Address, Talk, load, request
from tests.performance.node import REDIS, NoNode, node
from tests.performance.table import Row, against

_CALLBACK = "https://portal.example/callback"
_SECRET = "s" * 43
_CODES = 1500  # of a round: more than anybody redeems in it
_ACCOUNT = "SELECT id FROM accounts WHERE status = 'active' ORDER BY id LIMIT 1"
_SPEC = ClientSpec(
    id="bench-web",
    name="Bench",
    redirect_uris=(_CALLBACK,),
    minimum_acr=ACR_1,
    justification="A measurement.",
    require_pkce=False,
    scopes=("openid", "profile"),
)
Codes = Callable[[int], Sequence[str]]


class Party:
    """One provider: where its token endpoint is, who asks there, and where codes come from."""

    def __init__(self, name: str, address: Address, path: str, client: str, codes: Codes) -> None:
        self.name = name
        self.address = address
        self.codes = codes
        self.rates: list[float] = []
        self._path = path
        self._client = client

    def form(self, form: Mapping[str, str]) -> bytes:
        """Return the raw request of a form."""
        return form_request(self._path, form, self._client, _SECRET)

    def exchange(self, code: str) -> bytes:
        """Return the raw request that redeems a code."""
        return self.form({"grant_type": "authorization_code", "code": code, "redirect_uri": _CALLBACK})

    def tokens(self) -> dict[str, str]:
        """Redeem a code as any app does, and return the answer."""
        form = {"grant_type": "authorization_code", "code": self.codes(1)[0], "redirect_uri": _CALLBACK}
        host, port = self.address
        answer = httpx.post(f"http://{host}:{port}{self._path}", data=form, auth=(self._client, _SECRET))
        return dict(answer.raise_for_status().json())


def measure(house: House) -> Iterator[Row]:
    """Every step against npm oidc-provider on Redis; userinfo against a bare view with one select."""
    ours = Party("ours", house.programs, "/oauth/token", _SPEC.id, _codes(house))
    try:
        name, address = node(house, REDIS)
    except NoNode as why:
        yield Row("code exchange, refresh, introspection", "–", f"npm oidc-provider: {why}", goal="≥ 0.5")
        return
    theirs = Party(name, address, "/token", "web", lambda count: _fetched(address, count))
    yield _turns("code exchange, all committed", ours, theirs, _exchanging)
    yield _turns("refresh with rotation, all committed", ours, theirs, _refreshing)
    token = ours.tokens()["access_token"]
    reference = Rival(theirs.name, address, _opaque(address))
    yield _introspection("introspection of a person's token", ours, token, reference)
    yield from _of_a_program(house, reference)
    yield _userinfo(house, token)


def _turns(work: str, ours: Party, theirs: Party, rate: Callable[[Party], float]) -> Row:
    ours.rates, theirs.rates = [], []
    for number in range(ROUNDS):
        for party in (ours, theirs) if number % 2 == 0 else (theirs, ours):
            party.rates.append(rate(party))
    return against(work, ours.rates, theirs.name, theirs.rates, "≥ 0.5")


def _exchanging(party: Party) -> float:
    """Redeem codes, each once, until they or the time are over."""
    left = iter(party.codes(_CODES))

    def redeem(_number: int) -> Talk:
        while True:
            yield party.exchange(next(left))

    return load(party.address, redeem, connections=CONNECTIONS, seconds=_short(SECONDS)).demand(200).per_second


def _refreshing(party: Party) -> float:
    """Each connection is an app with a family of its own: every answer brings the token of the next request."""
    codes = party.codes(CONNECTIONS)

    def refresh(number: int) -> Talk:
        raw = party.exchange(codes[number])
        while True:
            answer = yield raw
            token = json.loads(answer.partition(b"\r\n\r\n")[2])["refresh_token"]
            raw = party.form({"grant_type": "refresh_token", "refresh_token": token})

    return load(party.address, refresh, connections=CONNECTIONS, seconds=SECONDS).demand(200).per_second


def _short(seconds: float) -> float:
    return seconds / 3


def _introspection(work: str, ours: Party, token: str, theirs: Rival) -> Row:
    raw = form_request("/oauth/introspect", {"token": token}, _SPEC.id, _SECRET)
    mine, other = Rival("ours", ours.address, raw), Rival(theirs.name, theirs.address, theirs.raw)
    contest([mine, other])
    return against(work, mine.rates, other.name, other.rates, "≥ 0.5")


def _of_a_program(house: House, theirs: Rival) -> Iterator[Row]:
    client, token = house.facts["service_client"], house.token("access.evaluate", "/api/access")
    raw = form_request("/oauth/introspect", {"token": token}, client["client_id"], client["client_secret"])
    mine, other = Rival("ours", house.programs, raw), Rival(theirs.name, theirs.address, theirs.raw)
    contest([mine, other])
    yield against("introspection of a program's token", mine.rates, other.name, other.rates, "≥ 0.5")


def _userinfo(house: House, token: str) -> Row:
    headers = {"Authorization": f"Bearer {token}"}
    mine = Rival("ours", house.programs, request("GET", "/oauth/userinfo", "127.0.0.1", headers))
    environment = {"BARE_DATABASE": house.servers.postgres.url("access_manager"), "WEB_THREADS": "1"}
    bare = house.serve("bare-userinfo", ["tests.performance.peers.bare:app"], environment, "/select")
    reference = Rival("a bare view, one select by key", bare, request("GET", "/select", "127.0.0.1"))
    contest([mine, reference])
    return against("userinfo", mine.rates, reference.name, reference.rates)


def _opaque(address: Address) -> bytes:
    """Return the raw request that asks the peer about an opaque token of its own."""
    url, auth = f"http://{address[0]}:{address[1]}", ("bench", _SECRET)
    form = {"grant_type": "client_credentials", "scope": "bench", "resource": f"{url}/opaque"}
    answer = httpx.post(f"{url}/token", data=form, auth=auth).raise_for_status().json()
    return form_request("/token/introspection", {"token": answer["access_token"]}, *auth)


def _fetched(address: Address, count: int) -> list[str]:
    host, port = address
    return list(httpx.get(f"http://{host}:{port}/grants", params={"count": count}, timeout=30).json())


def _codes(house: House) -> Codes:
    """Return what makes codes of somebody who has just signed in, as the authorization endpoint makes them."""
    with house.database("identity") as database:
        found = database.execute(_ACCOUNT).fetchone()
    assert found is not None
    account = str(found[0])
    environment = house.environment("identity")
    context = runtime.build(IDENTITY, load_settings(IDENTITY.settings, environment))
    with context.transaction() as work:
        ensure_client(work, _SPEC, _SECRET)
        session, _ = sessions.open_session(work, account, ("pwd",), work.now)

    def some(count: int) -> list[str]:
        with context.transaction() as work:
            return [_code(work, session) for _ in itertools.repeat(None, count)]

    return some


def _code(work: Work, session: sessions.SessionView) -> str:
    client, ourselves = Client(**vars(_SPEC)), (work.context.settings.public_url,)
    return open_grant(work, Authorization(client, session, _CALLBACK, _SPEC.scopes, ourselves, None, None, None))
