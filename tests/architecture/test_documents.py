"""Pages that can be trusted: links lead somewhere, generated pages are current, nothing names the place of work."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from deploy.docs.__main__ import PAGES
from deploy.docs.house import DOCS, ROOT, SERVICES, from_root, services
from deploy.docs.markdown import anchor
from deploy.docs.refusals import inventory
from shared import cli
from shared.contracts import CONTRACTS
from shared.service import Service

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
INDEX = re.compile(r"(?:index[-_]url|registry|find[-_]links)[\"']?\s*[:=\s]\s*[\"']?https?://", re.IGNORECASE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# Whoever clones the repository has none of these. Put together here, so that this file does not name them either.
HOMES = re.compile(r"(?<![\w.:/-])/(?:" + "|".join(("work", "root", "Users")) + r")/[\w.-]+")
# Where a code becomes a token; a refresh token used twice; who reacts to an approval; is precertification open;
# who may approve; where a setting is added.
PROGRAMS = "identity|registration|access-manager|availability|gatehouse"
OURS = re.compile(
    rf"(?:docker compose exec (?:-T )?[\w-]+ )?(?P<command>(?:make|{PROGRAMS})(?: [^|<>&]*)?)(?:$|[|<>&])"
)
STRANGERS_ASK = (
    "services/identity/identity/oidc/grants/code.py",
    "services/identity/identity/oidc/grants/refresh.py",
    "docs/events.md",
    "services/availability/availability/calendars/decide.py",
    "services/access-manager/access_manager/memberships/authority.py",
    "shared/config/settings.py",
)
TEXT = {
    ".md",
    ".py",
    ".toml",
    ".txt",
    ".in",
    ".yml",
    ".yaml",
    ".json",
    ".sh",
    ".html",
    ".po",
    ".conf",
    ".js",
    ".css",
    "",
}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(file for file in files if file.is_file() and file.suffix in TEXT))


def written() -> list[Path]:
    """Every Markdown page."""
    return [file for file in tracked() if file.suffix == ".md"]


@pytest.mark.parametrize("page", written(), ids=from_root)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file or folder that is there, and a heading that it has."""
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current_and_the_same_everywhere(name: str) -> None:
    """What `make docs` would write is what stands there, run after run, with no path of this machine."""
    written_now = PAGES[name]()
    assert written_now == PAGES[name]()
    assert str(ROOT) not in written_now
    assert read(DOCS / name) == written_now, "Run: make docs"


def test_a_refusal_s_name_has_one_meaning() -> None:
    """One slug, one status, one title: clients compare the slug and nothing else (RFC 9457 §3.1.1)."""
    meanings: dict[str, set[tuple[int, str]]] = {}
    for refusal in inventory():
        meanings.setdefault(refusal.slug, set()).add((refusal.status, refusal.title))
    assert {slug: found for slug, found in meanings.items() if len(found) > 1} == {}
    assert [slug for slug in meanings if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug)] == []


@pytest.mark.parametrize("folder", sorted(SERVICES.iterdir()), ids=lambda folder: folder.name)
def test_every_service_has_its_page(folder: Path) -> None:
    """What it owns, offers, publishes, listens to and how it runs."""
    page = folder / "README.md"
    assert page.is_file()
    said = page.read_text(encoding="utf-8").lower()
    assert [word for word in ("owns", "offers", "publishes", "listens", "runs") if word not in said] == []


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_the_page_of_a_service_is_complete(service: Service) -> None:
    """Every event it sends or hears and every job it runs is named there; `maintenance.*` names all of them."""
    said = read(service.folder / "README.md")
    events = {name for name, contract in CONTRACTS.items() if contract.sender == service.name}
    events |= {subscription.type for subscription in service.subscriptions}
    assert [name for name in events if name not in said and f"{name.split('.')[0]}.*" not in said] == []
    assert [job.name for job in service.jobs if f"`{job.name}`" not in said] == []


@pytest.mark.parametrize("answer", STRANGERS_ASK)
def test_a_stranger_finds_the_answer_in_three_clicks(answer: str) -> None:
    """From README.md, by links alone, to the file that decides; there and in docs/architecture.md in one."""
    reached = {ROOT / "README.md"}
    for _ in range(3):
        pages = {page for page in reached if page.suffix == ".md"}
        reached |= {(page.parent / link.partition("#")[0]).resolve() for page in pages for link in links(page)}
    assert ROOT / answer in reached
    for page in (ROOT / "README.md", DOCS / "architecture.md"):
        assert ROOT / answer in {(page.parent / link.partition("#")[0]).resolve() for link in links(page)}


@pytest.mark.parametrize("page", written(), ids=from_root)
def test_commands_that_a_page_tells_to_type_exist(page: Path) -> None:
    """Programs, verbs and options of ours and targets of make, in every block of shell."""
    assert [line for line in typed(page) if not exists(shlex.split(line, comments=True))] == []


def test_nothing_names_the_place_of_work() -> None:
    """No path of somebody's machine in any file."""
    found = [f"{from_root(file)}: {name}" for file in tracked() for name in set(HOMES.findall(read(file)))]
    assert found == []


def test_pages_do_not_send_people_to_temporary_folders() -> None:
    """What is worth keeping is not in a place that is swept."""
    assert [from_root(page) for page in written() if "/tmp/" in read(page)] == []


def test_nothing_says_where_packages_come_from() -> None:
    """Whoever installs has an index or a mirror of their own."""
    assert [from_root(file) for file in tracked() if INDEX.search(read(file))] == []


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    """Whoever installs decides where from; the hash decides what."""
    locks = [*(ROOT / "requirements").glob("*.txt"), *ROOT.glob("tests/conformance/**/package-lock.json")]
    own = [lock for lock in locks if "node_modules" not in lock.relative_to(ROOT).parts]
    assert own
    for lock in own:
        text = read(lock)
        assert "sha256:" in text or "sha512-" in text
        assert re.findall(r'"resolved"|--index-url|--find-links|https?://\S*(?:pypi|npm)\S*', text) == [], from_root(
            lock
        )


def typed(page: Path) -> Iterator[str]:
    """The commands of ours in a page's blocks of shell, from the program on; a broken line is put together again."""
    for block in re.findall(r"^```sh\n(.*?)^```", read(page), re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            found = OURS.match(line.strip())
            if found:
                yield found["command"]


def exists(words: list[str]) -> bool:
    """Whether the words lead to a verb that has the options among them; what follows a `--word` is not looked at."""
    name, *rest = words
    if name == "make":
        return all(f"\n{word}:" in read(ROOT / "Makefile") for word in rest[:1])
    found: click.Command = {"gatehouse": cli.gatehouse, **{one.name: cli.program(one) for one in services()}}[name]
    while isinstance(found, click.Group):
        if not rest or rest[0] not in found.commands:
            return False
        found = found.commands[rest.pop(0)]
    known = {spelling for parameter in found.params for spelling in parameter.opts}
    return {word for word in rest if word.startswith("--")} <= known


def links(page: Path) -> Iterator[str]:
    """The relative links of a page, code left out."""
    for link in LINK.findall(FENCE.sub("", read(page))):
        if not re.match(r"[a-z]+:", link):
            yield link


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether the file is there, with the heading where one is named."""
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not heading or target.suffix != ".md" or f"#{heading}" in headings(target)


def headings(page: Path) -> set[str]:
    """The addresses of a page's headings."""
    lines = FENCE.sub("", read(page)).splitlines()
    return {anchor(line.lstrip("#").strip().replace("`", "")) for line in lines if line.startswith("#")}


def read(file: Path) -> str:
    """A file's text."""
    return file.read_text(encoding="utf-8", errors="replace")
