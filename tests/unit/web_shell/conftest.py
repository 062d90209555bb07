"""A browser-like client of the gallery app, and its pages as parsed HTML."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from tests.unit.web_shell.gallery import PUBLIC, make_app

Open = Callable[..., html.HtmlElement]


@pytest.fixture
def app() -> Flask:
    """The gallery app, on http."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that says, as every browser does, where its forms come from."""
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = PUBLIC
    return client


@pytest.fixture
def see(client: FlaskClient) -> Open:
    """`see("/path")` is the page at that path, parsed."""

    def open_page(path: str, **headers: str) -> html.HtmlElement:
        return html.fromstring(client.get(path, headers=headers).get_data(as_text=True))

    return open_page


@pytest.fixture
def send(client: FlaskClient) -> Open:
    """`send({...})` posts the gallery's form with its token and is the page that comes back."""

    def post(form: dict[str, object]) -> html.HtmlElement:
        first = html.fromstring(client.get("/gallery/form").get_data(as_text=True))
        token = first.cssselect("main input[name=csrf_token]")[0].get("value")
        answer = client.post("/gallery/form", data={"csrf_token": token, **form})
        return html.fromstring(answer.get_data(as_text=True))

    return post
