"""Authlib's own Flask server as its documentation builds it: SQLAlchemy, client credentials, JWT access tokens."""

import os

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.sqla_oauth2 import OAuth2ClientMixin
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from flask import Flask, Response
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker

_ENGINE = create_engine(os.environ["PEER_DATABASE"], pool_pre_ping=True)
_SESSIONS = scoped_session(sessionmaker(_ENGINE))
_KEY = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})


class Base(DeclarativeBase):
    """The tables of this peer."""


class Client(Base, OAuth2ClientMixin):
    """Authlib's client table."""

    __tablename__ = "authlib_clients"
    id: Mapped[int] = mapped_column(primary_key=True)


class Tokens(JWTBearerTokenGenerator):
    """ES256 access tokens (RFC 9068)."""

    def get_jwks(self) -> object:
        return KeySet([_KEY]).as_dict(private=True)

    def get_audiences(self, client: Client, user: object, scope: str) -> str:
        return "http://127.0.0.1/api"


app = Flask(__name__)
server = AuthorizationServer(
    app,
    query_client=lambda client_id: _SESSIONS.scalars(select(Client).where(Client.client_id == client_id)).first(),
    save_token=lambda token, request: None,
)
server.register_grant(ClientCredentialsGrant)
server.register_token_generator("default", Tokens(issuer="http://127.0.0.1", alg="ES256"))


@app.post("/token")
def token() -> Response:
    """The token endpoint of the documentation."""
    answer: Response = server.create_token_response()
    return answer


@app.teardown_appcontext
def _end(_error: BaseException | None) -> None:
    _SESSIONS.remove()


def prepare() -> None:
    """Make the one client."""
    Base.metadata.create_all(_ENGINE)
    with Session(_ENGINE) as session:
        client = Client(client_id="bench", client_secret="s" * 43)
        client.set_client_metadata(
            {
                "grant_types": ["client_credentials"],
                "scope": "bench",
                "token_endpoint_auth_method": "client_secret_basic",
            }
        )
        session.add(client)
        session.commit()


if __name__ == "__main__":
    prepare()
