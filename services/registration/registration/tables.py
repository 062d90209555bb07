"""The one registry of registration's tables; every room's models.py hangs its tables here."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.db import NAMING


class Base(DeclarativeBase):
    """The parent of every table of this service."""

    metadata = MetaData(naming_convention=NAMING)
