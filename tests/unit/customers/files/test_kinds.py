"""What a file really is, whatever it is called."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.files import kinds
from chalicelib.foundation.errors import InvalidError

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\n"


def packed(**entries: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    return packed(**{name.replace("/", "__"): content for name, content in entries.items()})


def ole(*, stream: str = "WordDocument", clsid: bytes = b"\0" * 16) -> bytes:
    """The first sectors of a compound file: header, and a directory with its root and one stream."""
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 0)
    root = bytearray(128)
    root[: 2 * len("Root Entry")] = "Root Entry".encode("utf-16-le")
    root[80:96] = clsid
    other = bytearray(128)
    other[: 2 * len(stream)] = stream.encode("utf-16-le")
    return bytes(header + root + other + bytes(512))


DOCX = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
XLSX = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
ODT = zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})


@pytest.mark.parametrize(
    "content, name, media_type",
    [
        (PNG, "foto.PNG", "image/png"),
        (PNG, "foto", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "foto.jpeg", "image/jpeg"),
        (b"GIF89a....", "a.gif", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
        (b"\0\0\0\x18ftypheic\0\0", "a.heic", "image/heic"),
        (b"\0\0\0\x18ftypisom\0\0", "a.mp4", "video/mp4"),
        (b"\0\0\0\x18ftypM4A \0\0", "a.m4a", "audio/mp4"),
        (b"ID3\x04\0", "a.mp3", "audio/mpeg"),
        (PDF, "contrato.pdf", "application/pdf"),
        (DOCX, "carta.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (XLSX, "hoja.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (ODT, "carta.odt", "application/vnd.oasis.opendocument.text"),
        (ole(), "carta.doc", "application/msword"),
        (b"{\\rtf1 x}", "a.rtf", "application/rtf"),
        (zipped({"a/foto.png": PNG, "leeme.txt": b"hola"}), "todo.zip", "application/zip"),
        ("Año;Ñandú\n1;2\n".encode(), "a.csv", "text/csv"),
        ("Año;Ñandú\n1;2\n".encode("cp1252"), "a.csv", "text/csv"),
        ("\ufeffhola".encode("utf-16"), "a.txt", "text/plain"),
        (b"BEGIN:VCARD\nEND:VCARD\n", "ana.vcf", "text/vcard"),
        (b"3 < 4 y 5 > 2", "a.txt", "text/plain"),
        (b'{"a": "<b>"}', "a.json", "application/json"),
    ],
)
def test_taken(content, name, media_type):
    kinds.check_name(name)
    assert kinds.check(content, name).media_type == media_type


@pytest.mark.parametrize(
    "content, name, code",
    [
        (b"MZ\x90\0", "foto.png", "executable"),
        (b"\x7fELF\x02", "informe.pdf", "executable"),
        (b"\xcf\xfa\xed\xfe", "a.txt", "executable"),
        (b"\xca\xfe\xba\xbe\0\0", "a.txt", "executable"),
        (b"#!/bin/sh\nrm -rf /", "a.txt", "executable"),
        (b"\xef\xbb\xbf#!/bin/sh", "a.txt", "executable"),
        (b"\0asm\x01", "a.txt", "executable"),
        (b"L\0\0\0\x01\x14\x02\0", "a.txt", "executable"),
        (b"<!doctype html><p>x", "a.txt", "markup"),
        (b"  \n<HTML>", "foto.png", "markup"),
        (b"\xef\xbb\xbf<svg xmlns='x' onload='alert(1)'/>", "a.txt", "markup"),
        (b"<?xml version='1.0'?><svg/>", "a.txt", "markup"),
        ("<html>".encode("utf-16"), "a.txt", "markup"),
        (b"hola <script>alert(1)</script>", "a.csv", "markup"),
        (b"GIF89a<script>", "a.html", "extension"),
        (PNG, "foto.pdf", "extension"),
        (PDF, "contrato.docx", "extension"),
        (b"hola", "foto.png", "extension"),
        (zipped({"a.exe": b"MZ"}), "a.zip", "executable"),
        (zipped({"carpeta/pagina.HTML": b"x"}), "a.zip", "executable"),
        (zipped({"otro.zip": b"x"}), "a.zip", "nested_archive"),
        (zipped({"otro.tar.gz": b"x"}), "a.zip", "nested_archive"),
        (
            zipped({"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""}),
            "a.docx",
            "macros",
        ),
        (
            zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/x.xml": b""}),
            "a.odt",
            "macros",
        ),
        (b"PK\x03\x04broken", "a.zip", "unknown_type"),
        (ole(stream="EncryptedPackage"), "a.doc", "encrypted"),
        (ole(stream="_VBA_PROJECT"), "a.xls", "macros"),
        (ole(clsid=bytes.fromhex("84100c0000000000c000000000000046")), "a.doc", "executable"),
        (ole(), "a.zip", "extension"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "unknown_type"),
        (b"Rar!\x1a\x07\x01\0", "a.zip", "unknown_type"),
        (b"\x1f\x8b\x08\0", "a.txt", "unknown_type"),
        (b"\0\x01\x02\x03", "a.txt", "unknown_type"),
        (b"\x81\x8d\xfe", "a.txt", "unknown_type"),
    ],
)
def test_refused_by_a_rule_with_a_name(content, name, code):
    with pytest.raises(InvalidError) as caught:
        kinds.check(content, name)
    assert [(error.field, error.code) for error in caught.value.fields] == [("file", code)]


def test_an_encrypted_archive_is_refused():
    plain = bytearray(zipped({"a.txt": b"hola"}))
    local, central = plain.find(b"PK\x03\x04"), plain.find(b"PK\x01\x02")
    plain[local + 6] |= 1
    plain[central + 8] |= 1
    with pytest.raises(InvalidError) as caught:
        kinds.check(bytes(plain), "a.zip")
    assert caught.value.fields[0].code == "encrypted"


def test_a_bomb_is_refused_without_unpacking_it():
    bomb = zipped({f"{number}.txt": b"\0" * 10_000_000 for number in range(2)})
    assert len(bomb) < 100_000
    with pytest.raises(InvalidError) as caught:
        kinds.check(bomb, "a.zip")
    assert caught.value.fields[0].code == "bomb"


def test_many_entries_are_a_bomb_too():
    with pytest.raises(InvalidError) as caught:
        kinds.check(zipped({f"{number}": b"" for number in range(kinds.ENTRIES + 1)}), "a.zip")
    assert caught.value.fields[0].code == "bomb"


@pytest.mark.parametrize(
    "name, code",
    [
        ("a.exe", "executable"), ("a.JS", "executable"), ("a.pdf.scr", "executable"), ("a.bat ", "executable"),
        ("a.html", "markup"), ("a.SVG", "markup"), ("a.xhtml", "markup"), ("a.xyz", "unknown_type"), ("a.rar", "unknown_type"),
    ],
)  # fmt: skip
def test_a_name_is_refused_before_anything_is_sent(name, code):
    with pytest.raises(InvalidError) as caught:
        kinds.check_name(name)
    assert (caught.value.fields[0].field, caught.value.fields[0].code) == ("file_name", code)


@pytest.mark.parametrize("name", ["contrato", ".env", "a.b.pdf", "Año nuevo.DOCX", "مرحبا.pdf", "a..png", "👩.jpg"])
def test_other_names_are_fine(name):
    kinds.check_name(name)


def judged(content: bytes, name: str) -> kinds.Kind | str:
    """The kind, or the field that the refusal names."""
    try:
        return kinds.check(content, name)
    except InvalidError as error:
        return error.fields[0].field


@given(st.binary(min_size=1, max_size=400), st.sampled_from(["a.pdf", "a.txt", "a.zip", "a.doc", "a", "a.png"]))
def test_any_bytes_are_taken_or_refused_with_a_rule(content, name):
    told = judged(content, name)
    assert told in kinds.KINDS or told == "file"


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_broken_archives_never_fail(before, after):
    whole = zipped({"a.txt": b"hola" * 50})
    for content in (whole[:40] + before + whole[60:] + after, b"PK\x03\x04" + before + after):
        told = judged(content, "a.zip")
        assert told is kinds.ZIP or told == "file"
