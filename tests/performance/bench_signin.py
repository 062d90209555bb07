"""Sign-ins per second, the whole page flow, against raw Argon2; and what a storm of them does to token requests."""

import multiprocessing
import os
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from threading import Thread
from urllib.parse import urlencode

import argon2

from identity.settings import IdentitySettings
from shared.config import load as load_settings
from tests.performance.house import CORES, PASSWORD, House
from tests.performance.load import Address, Talk, load, paced, request
from tests.performance.table import Row, against

_ROUNDS = 3
_SECONDS = 3.0
_PEOPLE = 16
_CONNECTIONS = 8
_TOKENS_PER_SECOND = 60
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_COOKIE = re.compile(rb"\r\nset-cookie: *([^;\r]+)", re.IGNORECASE)
_DEVICE = b"gh_device="
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure(house: House) -> Iterator[Row]:
    """Sign-ins against raw verifications, in turns; then the tail of token requests, alone and in the storm."""
    people, address = house.people(_PEOPLE), house.address("identity")
    settings = load_settings(IdentitySettings, house.environment("identity"))
    origin = house.public_url
    signins(address, origin, people, 0.5)
    ours, raw = [], []
    for _ in range(_ROUNDS):
        ours.append(signins(address, origin, people, _SECONDS))
        raw.append(_verifications(settings, _SECONDS))
    name = f"raw Argon2, {settings.hash_memory_kib // 1024} MiB, {CORES} threads"
    yield against("sign-ins, whole page flow", ours, name, raw, "≥ 0.65")
    yield _tail(house, people)


def signins(address: Address, origin: str, people: Sequence[str], seconds: float) -> float:
    """Sign in over and over: the page, the form, the session; return sign-ins per second."""
    done: list[float] = []
    load(
        address,
        lambda number: _visits(origin, people[number % len(people)], done),
        connections=_CONNECTIONS,
        seconds=seconds,
    )
    return len(done) / seconds


def _visits(origin: str, user_id: str, done: list[float]) -> Talk:
    """GET the page, POST the form with its token and cookie, expect a session; then begin anew, as after a night.

    The browser keeps the cookie of its device, as people sign in from the computer they know, and nothing else.
    """
    host = origin.split("://", 1)[1]
    device: list[bytes] = []
    while True:
        page = yield request("GET", "/login", host, {"Accept": "text/html"})
        token = _TOKEN.search(page)
        if token is None:
            raise RuntimeError(f"no form on the page: {page[:200]!r}")
        cookies = b"; ".join([*_COOKIE.findall(page), *device]).decode()
        form = {"csrf_token": token[1].decode(), "user_id": user_id, "password": PASSWORD}
        headers = {**_FORM, "Cookie": cookies, "Origin": origin}
        answer = yield request("POST", "/login", host, headers, urlencode(form).encode())
        if answer[9:12] != b"303" or not _COOKIE.search(answer):
            raise RuntimeError(f"no sign-in: {answer[:300]!r}")
        device = [cookie for cookie in _COOKIE.findall(answer) if _DEVICE in cookie] or device
        done.append(time.perf_counter())


def _verifications(settings: IdentitySettings, seconds: float) -> float:
    """Argon2 verifications per second, one thread for each core: it lets the others run while it computes."""
    hasher = argon2.PasswordHasher(settings.hash_passes, settings.hash_memory_kib, 1)
    stored = hasher.hash(PASSWORD)
    counts = [0] * CORES
    ends = time.perf_counter() + seconds

    def verify(number: int) -> None:
        while time.perf_counter() < ends:
            hasher.verify(stored, PASSWORD)
            counts[number] += 1

    threads = [Thread(target=verify, args=(number,)) for number in range(CORES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def _tail(house: House, people: Sequence[str]) -> Row:
    raw = house.token_request("access.evaluate", "/api/access")
    programs, pages, origin = house.programs, house.address("identity"), house.public_url
    alone: list[float] = []
    stormy: list[float] = []
    # The storm has a process of its own: in one with the measurement it would be measured, too.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(os.getpid).result()
        for _ in range(_ROUNDS):
            alone += _patient(programs, raw)
            storm = pool.submit(signins, pages, origin, people, _SECONDS + 0.6)
            time.sleep(0.3)
            stormy += _patient(programs, raw)
            storm.result()
    calm, rough = (statistics.quantiles(found, n=100)[98] for found in (alone, stormy))
    return Row(
        "p99 of token requests while sign-ins saturate",
        f"{rough:.1f} ms (p50 {statistics.median(stormy):.1f})",
        f"alone: {calm:.1f} ms (p50 {statistics.median(alone):.1f}), {_TOKENS_PER_SECOND}/s asked",
        f"{rough / calm:.1f}",
        "≤ 4",
    )


def _patient(address: Address, raw: bytes) -> list[float]:
    found = paced(address, raw, connections=4, per_second=_TOKENS_PER_SECOND, seconds=_SECONDS)
    return found.demand(200).latencies
