"""The file an import reads: plain or in a zip, line by line, with the place of each line.

Nothing of it is held in memory but the line at hand, so its size does not matter.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

_BUFFER = 1 << 20
_LONGEST = 1 << 18  # bytes of a line; the longest of the national file has some six thousand
_MARK = b"\xef\xbb\xbf"  # what Excel puts before the first line
_NATIONAL = "npidata_pfile_"


class SourceFault(ValueError):
    """A file that cannot be read as a whole; the message says what to mend."""


@dataclass(frozen=True)
class Source:
    """An open file; `size` is in bytes, unpacked."""

    path: Path
    size: int
    lines: "Lines"

    def digest(self) -> str:
        """The SHA-256 of the file as it lies there; a second for each gigabyte."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


class Lines:
    """The lines of a stream; `position` and `number` say how many bytes and lines were taken.

    Bytes that are no UTF-8 become surrogates, which no check of printable text lets pass.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._read = stream.readline
        self.position = 0
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._read(_LONGEST)
        if not raw:
            raise StopIteration
        if len(raw) == _LONGEST:
            raise SourceFault(f"line {self.number + 1} is longer than {_LONGEST} bytes")
        if not self.position:
            self.position = len(raw)
            raw = raw.removeprefix(_MARK)
        else:
            self.position += len(raw)
        self.number += 1
        return raw.decode("utf-8", "surrogateescape")

    def block(self, size: int) -> bytes:
        """So many bytes and what is left of the last line; nothing at the end. Whoever cuts them counts the lines."""
        raw = self._stream.read(size) or b""
        if raw and not raw.endswith(b"\n"):
            end = self._read(_LONGEST)
            if len(end) == _LONGEST:
                raise SourceFault(f"a line after line {self.number} is longer than {_LONGEST} bytes")
            raw += end
        self.position += len(raw)
        return raw

    def go_to(self, position: int, number: int) -> None:
        """Go on from a place where a line ended before."""
        self._stream.seek(position)
        self.position, self.number = position, number


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a file, or the one file of a zip that counts; raises SourceFault."""
    with ExitStack() as held:
        try:
            stream, size = _zipped(path, held) if zipfile.is_zipfile(path) else _plain(path, held)
            yield Source(path, size, Lines(stream))
        except (zipfile.BadZipFile, zlib.error) as error:
            raise SourceFault(f"the zip is damaged ({error})") from error


def _plain(path: Path, held: ExitStack) -> tuple[BinaryIO, int]:
    return held.enter_context(path.open("rb", buffering=_BUFFER)), path.stat().st_size


def _zipped(path: Path, held: ExitStack) -> tuple[BinaryIO, int]:
    archive = held.enter_context(zipfile.ZipFile(path))
    member = _member(archive.infolist())
    packed = held.enter_context(archive.open(member))
    # A zip's own stream hands out lines in Python; the buffer before it does so in C.
    return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", packed), _BUFFER)), member.file_size


def _member(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The national zip has other CSVs beside the one that counts, and its header once more in a file of its own."""
    files = [each for each in members if each.filename.lower().endswith(".csv")]
    national = [each for each in files if _is_national(each.filename.rsplit("/", 1)[-1].lower())]
    found = national or files
    if len(found) != 1:
        raise SourceFault(f"the zip should hold one CSV, or one {_NATIONAL}….csv; it holds {len(found)} of them")
    return found[0]


def _is_national(name: str) -> bool:
    return name.startswith(_NATIONAL) and "fileheader" not in name
