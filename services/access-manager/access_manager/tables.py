"""The base of every table of this service."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.db import NAMING


class Base(DeclarativeBase):
    """Names constraints by the floor's rule, so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMING)
