"""Style and scripts: small, cached for ever under a path that changes with them, never blocked by our own policy."""

import re

import pytest
from flask.testing import FlaskClient

from shared.web.shell.assets import SHELL_ASSETS, read_bundle
from tests.unit.web_shell.conftest import Open
from tests.unit.web_shell.gallery import HERE


def test_assets_are_cached_for_ever_under_their_hash(client: FlaskClient, see: Open) -> None:
    """The page names the hashed path; browsers never ask again."""
    address = see("/gallery").cssselect("link[rel=stylesheet]")[0].get("href")
    assert re.fullmatch(r"/gallery/assets/[0-9a-f]{12}/site\.css", address)
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"
    assert "Set-Cookie" not in answer.headers


def test_a_page_of_the_last_release_still_finds_its_style(client: FlaskClient) -> None:
    """During a rolling deployment: today's content, but asked for again."""
    answer = client.get("/gallery/assets/000000000000/site.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_an_unchanged_asset_is_not_sent_twice(client: FlaskClient) -> None:
    """The ETag answers 304."""
    first = client.get("/gallery/assets/000000000000/site.js")
    again = client.get("/gallery/assets/000000000000/site.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["nothing.css", "../install.py", "..%2f..%2finstall.py", "%2e%2e/render.py"])
def test_only_assets_are_served(client: FlaskClient, name: str) -> None:
    """Names are looked up in memory; no path reaches the disk."""
    assert client.get(f"/gallery/assets/000000000000/{name}").status_code == 404


def test_scripts_are_modules_with_the_type_browsers_demand(client: FlaskClient) -> None:
    """Under nosniff a module with another type would not run."""
    for file in SHELL_ASSETS.glob("*.js"):
        answer = client.get(f"/gallery/assets/x/{file.name}")
        assert answer.content_type == "text/javascript; charset=utf-8"


def test_the_hash_changes_with_any_file() -> None:
    """One hash for the folder, so modules can import each other by relative path."""
    assert read_bundle("/p", SHELL_ASSETS).digest == read_bundle("/p", SHELL_ASSETS, None).digest
    assert read_bundle("/p", SHELL_ASSETS).digest != read_bundle("/p", SHELL_ASSETS, HERE / "locale").digest


def test_a_misspelt_asset_fails_the_page() -> None:
    """Found by the page's first test, not by a missing style in production."""
    with pytest.raises(KeyError, match=r"nothing\.css"):
        read_bundle("/p", SHELL_ASSETS).url("nothing.css")


def test_the_shell_stays_small() -> None:
    """Style under 25 kB, scripts under 5 kB, before compression."""
    sizes = {kind: sum(file.stat().st_size for file in SHELL_ASSETS.glob(f"*.{kind}")) for kind in ("css", "js")}
    assert sizes["css"] < 25_000
    assert sizes["js"] < 5_000


def test_nothing_in_the_assets_runs_into_our_own_policy() -> None:
    """No data: images, no foreign addresses, no eval, no markup from text (trusted types)."""
    for file in SHELL_ASSETS.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"url\(.?data:|https?://|@import|eval\(|innerHTML|new Function", text), file.name


def test_every_class_the_macros_use_has_a_rule() -> None:
    """A class without a rule is a typo or a leftover."""
    style = (SHELL_ASSETS / "site.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.((?:usa|gh)-[\w-]+)", style))
    for file in (SHELL_ASSETS.parent / "templates" / "shell").glob("*.html"):
        used = set(re.findall(r"(?<![\w-])((?:usa|gh)-[a-z_-]*[a-z])(?=[\"\s{])", file.read_text(encoding="utf-8")))
        assert used - known == set(), file.name


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "ground", 7.0),
        ("ink-soft", "ground", 4.5),
        ("ink-soft", "brand-4", 4.5),
        ("brand-1", "ground", 4.5),
        ("brand-2", "brand-4", 4.5),
        ("paper", "brand-1", 4.5),
        ("paper", "brand-3", 7.0),
        ("brand-4", "brand-3", 4.5),
        ("paper", "error", 4.5),
        ("error", "error-tint", 4.5),
        ("ink", "warning-tint", 7.0),
        ("warning", "warning-tint", 3.0),
        ("info", "info-tint", 3.0),
        ("success", "success-tint", 3.0),
        ("line-strong", "ground", 3.0),
        ("brand-5", "paper", 3.0),
        ("brand-5", "brand-3", 3.0),
    ],
)
def test_colours_can_be_told_apart(front: str, back: str, least: float) -> None:
    """WCAG 1.4.3 and 1.4.11: text 4.5 : 1, parts of controls and the focus ring 3 : 1."""
    style = (SHELL_ASSETS / "site.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", style))
    full = {name: c if len(c) == 7 else "#" + "".join(x * 2 for x in c[1:]) for name, c in colours.items()}
    assert _contrast(full[front], full[back]) >= least
