"""The stylesheet, the script and the icon, under an address that changes with their bytes, so they are cached for good.

Read once into memory: a few KB, packed once for browsers that take it so, and no path from a request ever reaches the
file system.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "assets"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    path: str  # "/assets/<fingerprint>/<name>"
    data: bytes
    packed: bytes  # the same, by gzip
    media_type: str


def load_assets(folder: Path = FOLDER) -> Mapping[str, Asset]:
    """Every asset by its file name."""
    found = {}
    for file in sorted(folder.iterdir()):
        if media_type := MEDIA_TYPES.get(file.suffix):
            data = file.read_bytes()
            print_ = hashlib.sha256(data).hexdigest()[:16]
            found[file.name] = Asset(f"/assets/{print_}/{file.name}", data, gzip.compress(data, mtime=0), media_type)
    return found


def add_assets(app: web.Application, assets: Mapping[str, Asset]) -> None:
    """One route for all; anything that is not an asset's exact address is unknown."""
    by_path = {asset.path: asset for asset in assets.values()}

    async def serve(request: web.Request) -> web.Response:
        asset = by_path.get(request.path)
        if asset is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        body = asset.packed if is_packed else asset.data
        return web.Response(body=body, content_type=asset.media_type, charset="utf-8", headers=headers)

    app.router.add_get("/assets/{fingerprint}/{name}", serve)
