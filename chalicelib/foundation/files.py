"""Files in S3, and links to them that expire."""

from functools import cached_property
from typing import Any, Protocol

from chalicelib.foundation.settings import Settings


class Files(Protocol):
    """Where files are kept. A key begins with ``<workspace>/``."""

    def put(self, key: str, content: bytes, *, content_type: str, file_name: str = "") -> None:
        """Keep a file; ``file_name`` is what a browser saves it as."""
        ...

    def get(self, key: str) -> bytes:
        """The file's content; ``FileNotFoundError`` when there is none."""
        ...

    def link(self, key: str, *, seconds: int = 3600) -> str:
        """A signed address that works for so long."""
        ...


class S3Files:
    """The stage's private bucket."""

    def __init__(self, settings: Settings):
        self._settings = settings

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            signature_version="s3v4", s3={"addressing_style": "path"} if self._settings.endpoint_url else {}
        )
        return boto3.client("s3", region_name=self._settings.region, config=config)

    def put(self, key: str, content: bytes, *, content_type: str, file_name: str = "") -> None:
        """Keep a file."""
        more = {"ContentDisposition": f'attachment; filename="{file_name}"'} if file_name else {}
        self._client.put_object(
            Bucket=self._settings.files_bucket, Key=key, Body=content, ContentType=content_type, **more
        )

    def get(self, key: str) -> bytes:
        """The file's content."""
        try:
            answer = self._client.get_object(Bucket=self._settings.files_bucket, Key=key)
        except self._client.exceptions.NoSuchKey as error:
            raise FileNotFoundError(key) from error
        content: bytes = answer["Body"].read()
        return content

    def link(self, key: str, *, seconds: int = 3600) -> str:
        """A presigned GET."""
        address: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._settings.files_bucket, "Key": key}, ExpiresIn=seconds
        )
        return address


class FakeFiles:
    """A dictionary, for tests."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, content: bytes, *, content_type: str, file_name: str = "") -> None:
        """Keep a file."""
        self.kept[key] = content

    def get(self, key: str) -> bytes:
        """The file's content."""
        if key not in self.kept:
            raise FileNotFoundError(key)
        return self.kept[key]

    def link(self, key: str, *, seconds: int = 3600) -> str:
        """An address that leads nowhere."""
        return f"https://files.example/{key}?seconds={seconds}"
