"""The files behind a page, under a path that changes with their content and may therefore be cached for ever.

One hash covers the whole folder, so that modules may import each other by relative path.
"""

import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Response, abort, request

SHELL_ASSETS = Path(__file__).parent / "assets"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True)
class Bundle:
    """Asset name → content, and the path prefix they are served under."""

    files: dict[str, bytes]
    prefix: str
    digest: str

    def url(self, name: str) -> str:
        """Path of one asset. Errors: `KeyError` for a name that is not there, so that a typo fails the page's test."""
        if name not in self.files:
            raise KeyError(f"no asset named {name!r}")
        return f"{self.prefix}/assets/{self.digest}/{name}"

    def serve(self, digest: str, name: str) -> Response:
        """The asset's bytes. A path of an earlier release answers with today's content, never cached for ever."""
        content = self.files.get(name)
        if content is None:
            abort(404)
        response = Response(content, content_type=content_type(name))
        response.headers["Cache-Control"] = FOR_EVER if digest == self.digest else ASK_AGAIN
        response.set_etag(self.digest)
        response.make_conditional(request.environ)
        return response


def content_type(name: str) -> str:
    """Media type of an asset by its suffix."""
    return _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def read_bundle(prefix: str, *folders: Path | None) -> Bundle:
    """All files of the folders, by name; the later folder wins."""
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for folder in folders
        if folder is not None
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    digest = sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + sha256(files[name]).digest())
    return Bundle(files=files, prefix=prefix.rstrip("/"), digest=digest.hexdigest()[:12])
