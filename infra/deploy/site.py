"""The SPA into its bucket."""

import hashlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.deploy.stack import Clients

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Written out, because Python's own table follows the machine it runs on."""

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"
_SHORT = "public, max-age=300"
_KEEP_OLD_SECONDS = 30 * 86400


def upload_site(
    clients: Clients, bucket: str, distribution_id: str, folder: Path, progress: Callable[[str], object]
) -> int:
    """Make ``bucket`` hold ``folder`` and tell CloudFront; returns how many files were uploaded.

    Files whose content is there already are left alone. Pages go last, so that none refers to a file that is not there yet. Files
    of earlier versions stay for 30 days: somebody may still have an old page open.
    """
    s3 = clients("s3")
    present = {
        found["Key"]: found
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for found in page.get("Contents", [])
    }
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    changed: list[str] = []
    for key in sorted(files, key=lambda name: (name.endswith(".html"), name)):
        data = files[key].read_bytes()
        if _same(present.get(key), data):
            continue
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=data,
            ContentType=CONTENT_TYPES.get(files[key].suffix, "application/octet-stream"),
            CacheControl=cache_control(key),
        )
        changed.append(key)
    horizon = time.time() - _KEEP_OLD_SECONDS
    for key, found in present.items():
        if key not in files and found["LastModified"].timestamp() < horizon:
            s3.delete_object(Bucket=bucket, Key=key)
    if stale := [key for key in changed if key in present and cache_control(key) != _FOR_EVER]:
        _invalidate(clients("cloudfront"), distribution_id, stale)
    progress(f"Site: {len(changed)} of {len(files)} files uploaded" if changed else "Site unchanged")
    return len(changed)


def cache_control(key: str) -> str:
    """How long a file may be kept: for ever when its name has the hash of its content, as Vite names what it builds."""
    if key.endswith(".html"):
        return _ASK_FIRST
    if re.fullmatch(r"assets/.+-[A-Za-z0-9_-]{8}\.\w+(\.map)?", key):
        return _FOR_EVER
    return _SHORT


def _same(found: dict[str, Any] | None, data: bytes) -> bool:
    """Whether an object has this content, by its ETag (the MD5 of what was put in one piece)."""
    return found is not None and found["ETag"].strip('"') == hashlib.md5(data, usedforsecurity=False).hexdigest()


def _invalidate(cloudfront: Any, distribution_id: str, keys: list[str]) -> None:
    paths = [f"/{key}" for key in keys]
    if "index.html" in keys:
        paths.append("/")
    cloudfront.create_invalidation(
        DistributionId=distribution_id,
        InvalidationBatch={"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": str(time.time_ns())},
    )
