"""Names of files in headers, pieces of files, and what a permission to send one allows."""

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.files import PART, FakeFiles, S3Files, _of_size, disposition
from tests.helpers import settings


class TestNames:
    @pytest.mark.parametrize("inline", [True, False])
    def test_a_browser_reads_the_name_that_was_given(self, inline: bool) -> None:
        header = disposition("informe de año.csv", inline=inline)
        assert header.startswith("inline" if inline else "attachment")
        assert unquote(header.rpartition("filename*=UTF-8''")[2]) == "informe de año.csv"
        assert 'filename="informe de a_o.csv"' in header

    @given(st.text(max_size=200))
    def test_no_name_adds_a_header_or_leaves_its_quotes(self, name: str) -> None:
        header = disposition(name)
        assert header.isascii()
        assert "\r" not in header
        assert "\n" not in header
        assert header.count('"') == 2


class TestPieces:
    @given(st.lists(st.integers(0, 3 * PART), max_size=4))
    def test_all_but_the_last_have_the_size_that_s3_wants(self, sizes: list[int]) -> None:
        pieces = list(_of_size(bytes(size) for size in sizes))
        assert sum(map(len, pieces)) == sum(sizes)
        assert all(len(piece) == PART for piece in pieces[:-1])
        assert pieces  # a file of nothing is a file

    def test_nothing_is_kept_of_a_file_whose_making_fails(self) -> None:
        class Client:
            def __init__(self) -> None:
                self.said: list[str] = []

            def __getattr__(self, name: str) -> Any:
                def answer(**_: Any) -> dict[str, str]:
                    self.said.append(name)
                    return {"UploadId": "u", "ETag": "e"}

                return answer

        def broken() -> Any:
            yield b"begun"
            raise ValueError("cannot go on")

        files = S3Files(settings())
        files.__dict__["_client"] = client = Client()
        with pytest.raises(ValueError, match="cannot go on"):
            files.put_parts("w/file", broken(), content_type="text/csv")
        assert client.said == ["create_multipart_upload", "abort_multipart_upload"]


class TestPermissions:
    def test_only_what_was_permitted_is_taken(self) -> None:
        files = FakeFiles()
        files.upload("w/a", content_type="text/csv", max_bytes=3)
        with pytest.raises(PermissionError):
            files.receive("w/a", b"four")
        with pytest.raises(PermissionError):
            files.receive("w/b", b"abc")
        files.receive("w/a", b"abc")
        assert files.get("w/a", 1, 2) == b"b"

    def test_s3_holds_it_to_a_type_a_size_and_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import base64
        import json

        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        upload = S3Files(replace(settings(), files_bucket="files-of-clientela")).upload(
            "w/a", content_type="text/csv", max_bytes=10
        )
        conditions = json.loads(base64.b64decode(upload.fields["policy"]))["conditions"]
        assert ["content-length-range", 1, 10] in conditions
        assert {"Content-Type": "text/csv"} in conditions
        assert {"key": "w/a"} in conditions
        assert upload.url.startswith("https://")
        assert "s3.eu-west-1.amazonaws.com" in upload.url
