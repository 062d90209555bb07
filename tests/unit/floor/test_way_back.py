"""Where a browser returns to after signing in: this page or the nearest one above, always on this origin."""

import pytest
from flask import Flask

from shared.web.addresses import on_this_origin, way_back


@pytest.fixture
def app() -> Flask:
    """An app with pages and forms at several depths."""
    made = Flask("ways", static_folder=None)

    def answer(**_path: str) -> str:
        return way_back()

    for number, (path, methods) in enumerate(
        [
            ("/", ["GET"]),
            ("/manage", ["GET"]),
            ("/manage/people/<member>", ["GET", "POST"]),
            ("/manage/people/<member>/removal", ["POST"]),
            ("/manage/lists/<name>/rows/<row>/drop", ["POST"]),
        ]
    ):
        made.add_url_rule(path, f"page{number}", answer, methods=methods)
    return made


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        ("/manage", "/manage"),
        ("/manage?tab=open", "/manage?tab=open"),
        ("/manage?tab=open&tab=all", "/manage?tab=open&tab=all"),
        ("/manage?", "/manage"),
        ("/manage/people/mbr_1?from=%2Fmanage", "/manage/people/mbr_1?from=%2Fmanage"),
        ("/manage?x=\\evil", "/manage"),
    ],
)
def test_a_page_is_its_own_way_back(app: Flask, asked: str, back: str) -> None:
    """Query included, as it was sent; one that no address may carry onward is left out."""
    assert app.test_client().get(asked).get_data(as_text=True) == back


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        ("/manage/people/mbr_1", "/manage/people/mbr_1"),
        ("/manage/people/mbr_1/removal", "/manage/people/mbr_1"),
        ("/manage/lists/open/rows/3/drop", "/manage"),
    ],
)
def test_a_form_leads_to_the_nearest_page_above(app: Flask, asked: str, back: str) -> None:
    """Nobody lands on an address that only takes forms; what was typed is not in the address."""
    assert app.test_client().post(f"{asked}?note=typed", data={"note": "typed"}).get_data(as_text=True) == back


@pytest.mark.parametrize("address", ["/", "/account", "/account?done=saved", "/a/b/c?x=%2F%2Fevil", "/account#apps"])
def test_paths_of_ours_are_on_this_origin(address: str) -> None:
    """A plain path, with whatever query."""
    assert on_this_origin(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/account\r\nSet-Cookie: a=b",
        "/account\x00",
        "/\tevil",
        "/ä",
        "/" + "a" * 3000,
        " /account",
    ],
)
def test_attack_25_nothing_else_is(address: str) -> None:
    """threat 25: whatever a browser could take for another origin, and what no address may hold."""
    assert not on_this_origin(address)
