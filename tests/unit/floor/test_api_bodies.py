"""Bodies are JSON that can only be read one way, with exactly the fields that are asked for (threat 34)."""

from typing import Any

import pytest

from tests.support.kiosk import API, Kiosk


def sent(kiosk: Kiosk, body: bytes, content_type: str = "application/json") -> tuple[int, dict[str, Any]]:
    """Status and answer of raw bytes."""
    answer = kiosk.post(data=body, content_type=content_type)
    return answer.status_code, answer.get_json()


def test_a_sound_body_arrives(kiosk: Kiosk) -> None:
    """With a character set named or not, with texts of any language."""
    for kind in ("application/json", "application/json; charset=utf-8"):
        assert sent(kiosk, '{"name": "Ánima 診療所", "size": 3}'.encode(), kind)[0] == 201
    assert [made["name"] for made in kiosk.made] == ["Ánima 診療所"] * 2


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_another_kind_of_body_is_refused(kiosk: Kiosk, kind: str) -> None:
    """415, and not read as an empty body."""
    status, answer = sent(kiosk, b'{"name": "a"}', kind)
    assert (status, answer["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": "a"',
        b'{"name": "a"} {"name": "b"}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "a", "size": NaN}',
        b'{"name": "a", "size": -Infinity}',
        b'{"name": "\xff"}',
        b"[" * 5000 + b"]" * 5000,
        b'{"name":' * 100_000,
        b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}",
    ],
    ids=["cut", "unclosed", "two", "twice", "nan", "infinity", "utf8", "deep", "deeper", "nested"],
)
def test_what_can_be_read_two_ways_or_not_at_all_is_refused(kiosk: Kiosk, body: bytes) -> None:
    """400 that says why, and nothing is made."""
    status, answer = sent(kiosk, body)
    assert (status, answer["type"]) == (400, "/problems/malformed-json")
    assert not kiosk.made


@pytest.mark.parametrize("text", [r"a\u0000b", r"\ud800", r"\udfff tail"], ids=["nul", "half", "other half"])
def test_texts_that_no_database_takes_are_refused(kiosk: Kiosk, text: str) -> None:
    """422, whether as a value or as a name."""
    assert sent(kiosk, f'{{"name": "{text}"}}'.encode())[0] == 422
    assert sent(kiosk, f'{{"name": "a", "{text}": 1}}'.encode())[0] == 422


def test_a_pair_of_surrogates_is_one_character(kiosk: Kiosk) -> None:
    """An emoji in escapes is a whole character."""
    assert sent(kiosk, rb'{"name": "\ud83d\ude00"}')[0] == 201


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{}", {"name"}),
        (b'{"name": "a", "nickname": "b"}', {"nickname"}),
        (b'{"name": 5}', {"name"}),
        (b'{"name": null}', {"name"}),
        (b'{"name": "a", "size": "3"}', {"size"}),
        (b'{"name": "a", "size": 3.5}', {"size"}),
        (b'{"surplus": 1, "size": []}', {"name", "surplus", "size"}),
    ],
)
def test_fields_that_do_not_fit_are_named(kiosk: Kiosk, body: bytes, fields: set[str]) -> None:
    """422 with each field and its messages; unknown names are among them."""
    status, answer = sent(kiosk, body)
    assert (status, answer["type"]) == (422, "/problems/validation")
    assert set(answer["errors"]) == fields
    assert all(answer["errors"][name][0] for name in fields)


@pytest.mark.parametrize("body", [b"[]", b"5", b'"text"', b"null", b"true"])
def test_a_body_that_is_no_object_is_refused(kiosk: Kiosk, body: bytes) -> None:
    """422, never a crash."""
    assert sent(kiosk, body)[0] == 422


def test_a_body_of_more_than_a_mebibyte_is_not_read(kiosk: Kiosk) -> None:
    """413 before it is parsed."""
    status, answer = sent(kiosk, b'{"name": "' + b"a" * 1024 * 1024 + b'"}')
    assert (status, answer["type"]) == (413, "/problems/too-large")


def test_a_mutation_without_a_body_is_told_what_is_missing(kiosk: Kiosk) -> None:
    """No body is an empty object."""
    assert sent(kiosk, b"")[0] == 422


def test_the_description_names_the_scope_of_every_operation(kiosk: Kiosk) -> None:
    """`openapi.json` is public and says who may call what; the page says it to people."""
    answer = kiosk.browser().get("/api/kiosk/openapi.json")
    operations = answer.get_json()["paths"][f"{API}/things"]
    assert operations["post"]["security"] == [{"bearer": ["kiosk.write"]}]
    assert operations["get"]["security"] == [{"bearer": ["kiosk.read"]}]
    assert "Make a thing." in kiosk.browser().get("/api/kiosk/docs").get_data(as_text=True)


def test_the_description_tells_how_refusals_look(kiosk: Kiosk) -> None:
    """Problem details under their own media type, and `Idempotency-Key` wherever something is changed."""
    told = kiosk.browser().get("/api/kiosk/openapi.json").get_json()
    operations = told["paths"][f"{API}/things"]
    keyed = {"$ref": "#/components/parameters/IdempotencyKey"}
    assert keyed in operations["post"]["parameters"]
    assert keyed not in operations["get"].get("parameters", [])
    assert told["components"]["parameters"]["IdempotencyKey"]["name"] == "Idempotency-Key"
    for refusal in told["components"]["responses"].values():
        assert refusal["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = kiosk.post({"no such field": 1})
    assert set(told["components"]["schemas"]["Problem"]["required"]) <= set(refused.get_json())
    again = kiosk.browser().get("/api/kiosk/openapi.json").get_json()
    assert again == told
