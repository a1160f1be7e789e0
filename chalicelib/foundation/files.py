"""Files in S3, and links to them that expire."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote

from chalicelib.foundation.settings import Settings

_DELETED_AT_ONCE = 1000
PART = 8 * 1024 * 1024
"""Bytes of one part of a file that is put piece by piece; S3 wants five megabytes at least of all but the last."""


@dataclass(frozen=True, slots=True)
class Upload:
    """How a browser sends a file: ``method`` POST to ``url``, as a form of ``fields`` and, last, the field ``file``."""

    url: str
    method: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]


class Files(Protocol):
    """Where files are kept. A key begins with ``<workspace>/``, with ``tmp/<workspace>/`` for what S3 deletes after a week, or with
    ``images/<workspace>/`` for what everybody may read under our address who knows the key.
    """

    def put(self, key: str, content: bytes, *, content_type: str, file_name: str = "", cache_control: str = "") -> None:
        """Keep a file; ``file_name`` is what a browser saves it as, ``cache_control`` how long caches may keep what is public."""
        ...

    def put_parts(self, key: str, parts: Iterable[bytes], *, content_type: str, file_name: str = "") -> int:
        """Keep a file that is too big for the memory, given piece by piece; its size. Nothing is there before all of it is."""
        ...

    def get(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        """The file's content, or its bytes from ``start`` to before ``end``; ``FileNotFoundError`` when there is none."""
        ...

    def size(self, key: str) -> int:
        """How many bytes it has; ``FileNotFoundError`` when there is none."""
        ...

    def link(self, key: str, *, seconds: int = 3600, file_name: str = "", inline: bool = False) -> str:
        """A signed address that works for so long; ``file_name`` in place of the one it was kept with."""
        ...

    def upload(self, key: str, *, content_type: str, max_bytes: int, seconds: int = 3600) -> Upload:
        """A permission to send this one file, of this type and no bigger."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Delete files for good, with all their versions; those that are not there are no error."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """The files whose key begins so, deleted ones with versions left included."""
        ...


def disposition(file_name: str, *, inline: bool = False) -> str:
    """The header ``Content-Disposition`` for any name (RFC 6266): plain ASCII for old readers, and the name itself."""
    kind = "inline" if inline else "attachment"
    clean = "".join(each for each in file_name if each.isprintable() and each not in '/\\"').strip() or "file"
    plain = clean.encode("ascii", "replace").decode().replace("?", "_")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


class S3Files:
    """The stage's private bucket."""

    def __init__(self, settings: Settings):
        self._settings = settings

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        here = self._settings
        config = Config(signature_version="s3v4", s3={"addressing_style": "path" if here.endpoint_url else "virtual"})
        # The region's own address: the global one, boto3's for signed links, redirects, which breaks a signature.
        endpoint = here.endpoint_url or f"https://s3.{here.region}.amazonaws.com"
        return boto3.client("s3", region_name=here.region, config=config, endpoint_url=endpoint)

    @property
    def _bucket(self) -> str:
        return self._settings.files_bucket

    def put(self, key: str, content: bytes, *, content_type: str, file_name: str = "", cache_control: str = "") -> None:
        """Keep a file."""
        more = {**_saved_as(file_name), **({"CacheControl": cache_control} if cache_control else {})}
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type, **more)

    def put_parts(self, key: str, parts: Iterable[bytes], *, content_type: str, file_name: str = "") -> int:
        """A multipart upload, given up when a piece cannot be had."""
        begun = self._client.create_multipart_upload(
            Bucket=self._bucket, Key=key, ContentType=content_type, **_saved_as(file_name)
        )
        where = {"Bucket": self._bucket, "Key": key, "UploadId": begun["UploadId"]}
        sent: list[dict[str, Any]] = []
        total = 0
        try:
            for content in _of_size(parts):
                number = len(sent) + 1
                answer = self._client.upload_part(**where, PartNumber=number, Body=content)
                sent.append({"PartNumber": number, "ETag": answer["ETag"]})
                total += len(content)
            self._client.complete_multipart_upload(**where, MultipartUpload={"Parts": sent})
        except BaseException:
            self._client.abort_multipart_upload(**where)
            raise
        return total

    def get(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        """The file's content."""
        span = {} if not start and end is None else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, **span)
        except self._client.exceptions.NoSuchKey as error:
            raise FileNotFoundError(key) from error
        content: bytes = answer["Body"].read()
        return content

    def size(self, key: str) -> int:
        """How many bytes it has."""
        from botocore.exceptions import ClientError

        try:
            answer = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(key) from error
            raise
        return int(answer["ContentLength"])

    def link(self, key: str, *, seconds: int = 3600, file_name: str = "", inline: bool = False) -> str:
        """A presigned GET."""
        more = {"ResponseContentDisposition": disposition(file_name, inline=inline)} if file_name else {}
        address: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key, **more}, ExpiresIn=seconds
        )
        return address

    def upload(self, key: str, *, content_type: str, max_bytes: int, seconds: int = 3600) -> Upload:
        """A presigned POST: the only kind of permission that S3 holds to a size."""
        made = self._client.generate_presigned_post(
            Bucket=self._bucket,
            Key=key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=seconds,
        )
        return Upload(made["url"], "POST", {}, made["fields"])

    def delete(self, keys: Iterable[str]) -> None:
        """Delete every version of these."""
        found: list[dict[str, str]] = []
        for key in keys:
            found += [version for version in self._versions(key) if version["Key"] == key]
        for begin in range(0, len(found), _DELETED_AT_ONCE):
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": found[begin : begin + _DELETED_AT_ONCE], "Quiet": True}
            )
            if answer.get("Errors"):
                raise OSError(f"S3 did not delete {len(answer['Errors'])} files: {answer['Errors'][0].get('Code')}")

    def keys(self, prefix: str) -> Iterator[str]:
        """The files whose key begins so."""
        seen = ""
        for version in self._versions(prefix):
            if version["Key"] != seen:
                seen = version["Key"]
                yield seen

    def _versions(self, prefix: str) -> Iterator[dict[str, str]]:
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix):
            for each in sorted(
                [*page.get("Versions", []), *page.get("DeleteMarkers", [])], key=lambda version: str(version["Key"])
            ):
                yield {"Key": each["Key"], "VersionId": each["VersionId"]}


def _saved_as(file_name: str) -> dict[str, str]:
    return {"ContentDisposition": disposition(file_name)} if file_name else {}


def _of_size(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that S3 takes; one empty piece of nothing."""
    waiting = bytearray()
    sent = False
    for part in parts:
        waiting += part
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            sent = True
            del waiting[:PART]
    if waiting or not sent:
        yield bytes(waiting)


class FakeFiles:
    """A dictionary, for tests. ``kept`` are the contents; what `upload` permits is sent with `receive`."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.permitted: dict[str, int] = {}

    def put(self, key: str, content: bytes, *, content_type: str, file_name: str = "", cache_control: str = "") -> None:
        """Keep a file."""
        self.kept[key] = content

    def put_parts(self, key: str, parts: Iterable[bytes], *, content_type: str, file_name: str = "") -> int:
        """Keep a file given piece by piece."""
        self.kept[key] = b"".join(parts)
        return len(self.kept[key])

    def get(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        """The file's content."""
        if key not in self.kept:
            raise FileNotFoundError(key)
        return self.kept[key][start:end]

    def size(self, key: str) -> int:
        """How many bytes it has."""
        return len(self.get(key))

    def link(self, key: str, *, seconds: int = 3600, file_name: str = "", inline: bool = False) -> str:
        """An address that leads nowhere."""
        return f"https://files.example/{key}?seconds={seconds}"

    def upload(self, key: str, *, content_type: str, max_bytes: int, seconds: int = 3600) -> Upload:
        """A permission that `receive` looks at."""
        self.permitted[key] = max_bytes
        return Upload("https://files.example/", "POST", {}, {"key": key, "Content-Type": content_type})

    def receive(self, key: str, content: bytes) -> None:
        """What S3 does with a file that is sent to it; ``PermissionError`` when it was not permitted or is too big."""
        if not 1 <= len(content) <= self.permitted.get(key, 0):
            raise PermissionError(key)
        self.kept[key] = content

    def delete(self, keys: Iterable[str]) -> None:
        """Delete files."""
        for key in list(keys):
            self.kept.pop(key, None)

    def keys(self, prefix: str) -> Iterator[str]:
        """The files whose key begins so."""
        return iter(sorted(key for key in self.kept if key.startswith(prefix)))
