"""Reading files: whatever comes ends in columns and rows, or in a clear no."""

import csv
import io
import random
import struct
import zipfile
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.imports.domain import BrokenFileError, Row
from chalicelib.customers.imports.reading import tables
from chalicelib.customers.imports.reading.opening import opened
from chalicelib.customers.imports.reading.source import Ranged
from chalicelib.customers.imports.reading.workbooks import cell_text
from chalicelib.foundation.files import FakeFiles

HEADER = "Nombre;Correo;Ciudad\r\n"
ROWS = 'Ana Muñoz;ana@example.com;Logroño\r\nÍñigo;inigo@example.com;"Cádiz; el ""centro""\r\nviejo"\r\n'


def read(content: bytes) -> tuple[Any, list[Row]]:
    files = FakeFiles()
    files.kept["x"] = content
    with opened(files, "x") as (layout, source):
        return layout, [row for row, _ in source.rows(layout.begin, layout.number)]


def refused(content: bytes) -> str:
    with pytest.raises(BrokenFileError) as caught:
        read(content)
    return caught.value.code


def workbook(*sheets: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    for rows in sheets:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "utf-32-le"),
        ("cp1252", b"", "cp1252"),
        ("latin-1", b"", "cp1252"),
    ],
)
def test_knows_encodings_with_and_without_a_mark(encoding: str, mark: bytes, found: str) -> None:
    layout, rows = read(mark + (HEADER + ROWS).encode(encoding))
    assert layout.encoding == found
    assert layout.columns == ("Nombre", "Correo", "Ciudad")
    assert [list(row.cells) for row in rows] == [
        ["Ana Muñoz", "ana@example.com", "Logroño"],
        ["Íñigo", "inigo@example.com", 'Cádiz; el "centro"\r\nviejo'],
    ]
    assert [row.number for row in rows] == [2, 3]


def test_finds_the_encoding_of_what_only_comes_late_in_a_big_file() -> None:
    plain = "Ana;ana@example.com;Lugo\r\n" * 40_000
    layout, rows = read((HEADER.replace("ó", "o") + plain + "Íñigo;x@example.com;Cádiz\r\n" * 20_000).encode("cp1252"))
    assert layout.encoding == "cp1252"
    assert rows[-1].cells[0] == "Íñigo"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_finds_the_separator_also_when_others_stand_in_texts(separator: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["Nombre", "Nota"])
    writer.writerows([["Ana", "a, b; c | d"], ["Eva", "x;y;z"], ["Luis", "1,2,3"]])
    layout, rows = read(out.getvalue().encode())
    assert layout.separator == separator
    assert [len(row.cells) for row in rows] == [2, 2, 2]


def test_believes_what_excel_says_of_the_separator() -> None:
    layout, rows = read(b"sep=|\r\nname|mail, or phone\r\nAna|a@example.com\r\n")
    assert (layout.separator, layout.columns) == ("|", ("name", "mail, or phone"))
    assert [(row.number, row.cells) for row in rows] == [(3, ["Ana", "a@example.com"])]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_takes_any_line_ends_and_passes_over_empty_records(ends: str) -> None:
    _, rows = read(ends.join(["name,mail", "", "Ana,a@example.com", ",", "Eva,e@example.com"]).encode())
    assert [(row.number, row.cells[0]) for row in rows] == [(3, "Ana"), (5, "Eva")]


def test_says_which_rows_are_ragged() -> None:
    _, rows = read(b"name,mail\nAna\nEva,e@example.com,,\nLuis,l@example.com,what,is,this\n")
    assert [row.broken for row in rows] == ["", "", "too_many_cells"]


def test_says_which_rows_are_not_in_the_files_encoding_or_have_nuls() -> None:
    rows = read(
        "name,mail\nJosé,j@example.com\n".encode() * 1
        + "Á,x@example.com\n".encode() * 30
        + b"Jos\xe9,k@e.com\nA\x00,b\n"
    )[1]
    assert [row.broken for row in rows if row.broken] == ["encoding", "control_character"]


def test_a_cell_of_ten_megabytes_costs_its_row_only() -> None:
    _, rows = read(b"name,mail\nAna," + b"x" * 10_000_000 + b"\nEva,e@example.com\n")
    assert [(row.number, row.broken) for row in rows] == [(2, "cell_too_long"), (3, "")]


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_row() -> None:
    _, rows = read(b'name,mail\nAna,a@example.com\n"Eva,e@example.com\nLuis,l@example.com\n')
    assert [(row.number, row.broken) for row in rows] == [(2, ""), (3, "unclosed_quote")]


def test_a_line_that_never_ends_is_no_table() -> None:
    assert refused(b"name,mail\n" + b"x" * (17 * 1024 * 1024)) == "cell_too_long"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" ", "empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "empty"),
        (b",,,\n,,,\n", "empty"),
        (b"name,mail\n", "no_rows"),
        (b"name,mail\r\n,\r\n", "no_rows"),
        (b"ana@example.com,Ana\neva@example.com,Eva\n", "no_header"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<!DOCTYPE html><html></html>", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "not_a_table"),
        (bytes(range(1, 32)) * 40, "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "not_a_table"),
        (b"PK\x03\x04 but not a zip", "not_a_table"),
        ((",".join(f"c{n}" for n in range(501)) + "\n1\n").encode(), "too_many_columns"),
        (b"BEGIN:VCARD\nVERSION:3.0", "vcard"),
    ],
)
def test_refuses_what_is_no_table(content: bytes, code: str) -> None:
    if code == "vcard":  # a card that is cut off is a row that cannot be read
        assert [row.broken for row in read(content)[1]] == ["vcard"]
    else:
        assert refused(content) == code


def test_names_columns_apart() -> None:
    layout, _ = read(b"E-mail,,E-mail, Nombre  completo ,\nx,y,z,w\n")
    assert layout.columns == ("E-mail", "(2)", "E-mail (2)", "Nombre completo")


@given(
    st.lists(
        st.lists(
            st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=25,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-16-le"]),
    st.randoms(use_true_random=False),
)
def test_reading_goes_on_from_any_position(
    cells: list[list[str]], separator: str, encoding: str, chance: random.Random
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["a", "b", "c"])
    writer.writerows(cells)
    files = FakeFiles()
    files.kept["x"] = out.getvalue().encode(encoding)
    size = len(files.kept["x"])
    table = tables.Table(files, "x", size, encoding=encoding, separator=separator, width=3)
    whole = list(table.rows(0, 0))
    assert [list(row.cells) for row, _ in whole] == [["a", "b", "c"], *(row for row in cells if any(row))]
    at = chance.randrange(len(whole))
    row, position = whole[at]
    assert list(table.rows(position, row.number)) == whole[at + 1 :]


def test_a_file_is_read_in_ranges() -> None:
    files = FakeFiles()
    files.kept["x"] = bytes(range(256)) * 100
    file = Ranged(files, "x", size=25_600, start=10)
    assert file.read(5) == bytes(range(10, 15))
    file.seek(-6, io.SEEK_END)
    assert file.read() == bytes(range(250, 256))


# Workbooks


def test_reads_the_first_sheet_that_has_something() -> None:
    layout, rows = read(workbook([], [[], ["Nombre", "Importe", "Alta"], ["Ana", 1200.5, True], [], ["Eva", 3, ""]]))
    assert (layout.format, layout.sheet, layout.columns) == ("xlsx", "Sheet2", ("Nombre", "Importe", "Alta"))
    assert [(row.number, list(row.cells)) for row in rows] == [(3, ["Ana", "1200.5", "true"]), (5, ["Eva", "3", ""])]


def test_a_long_number_stays_whole() -> None:
    assert cell_text(34600111222.0) == "34600111222"
    assert cell_text(0.1) == "0.1"


@pytest.mark.parametrize(
    ("rows", "code"), [([], "empty"), ([["a", "b"]], "no_rows"), ([["a@b.example", "x"], ["y", "z"]], "no_header")]
)
def test_refuses_workbooks_without_rows(rows: list[list[str]], code: str) -> None:
    assert refused(workbook(rows)) == code


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def test_refuses_other_archives() -> None:
    assert refused(archive({"word/document.xml": b"x"})) == "not_a_table"


def test_does_not_unpack_a_bomb() -> None:
    assert refused(archive({"xl/workbook.xml": b"x", "xl/worksheets/sheet1.xml": b"0" * 60_000_000})) == "bomb"


def test_does_not_unpack_a_bomb_that_lies_about_its_size() -> None:
    content = bytearray(archive({"xl/workbook.xml": b"x", "xl/worksheets/sheet1.xml": b"0" * 60_000_000}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 1000)  # the size unpacked, in the directory
    assert refused(bytes(content)) == "damaged"


def test_does_not_open_thousands_of_parts() -> None:
    assert refused(archive({"xl/workbook.xml": b"x"} | {f"p{n}": b"" for n in range(5001)})) == "bomb"


def test_a_damaged_workbook_is_told() -> None:
    content = workbook([["a"], ["b"]])
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        entries = {name: made.read(name) for name in made.namelist()}
    entries["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row><c"
    assert refused(archive(entries)) == "damaged"


# Cards


def test_reads_cards_of_all_versions_and_goes_on_after_a_broken_one() -> None:
    cards = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Muñoz;Ana;;;\r\nFN:Ana Muñoz\r\nEMAIL;TYPE=WORK:ana@example.com\r\n"
        "PHOTO;ENCODING=b;TYPE=JPEG:" + "A" * 400 + "\r\n " + "B" * 70 + "\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\r\nthis is nothing\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Garc=C3=ADa;Eva\nTEL;CELL:600111222\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nFN:Luis\nTEL;VALUE=uri:tel:+34600111333\nBDAY:19900131\nEND:VCARD"
    )
    layout, rows = read(cards.encode())
    assert layout.format == "vcard"
    assert [row.broken for row in rows] == ["", "vcard", "", ""]
    found = [dict(zip(layout.columns, row.cells, strict=True)) if row.cells else {} for row in rows]
    assert (found[0]["First name"], found[0]["Last name"], found[0]["Email"]) == ("Ana", "Muñoz", "ana@example.com")
    assert (found[2]["Last name"], found[2]["Phone"]) == ("García", "600111222")
    assert (found[3]["Full name"], found[3]["Phone"], found[3]["Birthday"]) == ("Luis", "+34600111333", "1990-01-31")


def test_cards_are_read_from_any_position() -> None:
    files = FakeFiles()
    files.kept["x"] = b"".join(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:P%d\r\nEND:VCARD\r\n\r\n" % n for n in range(30_000))
    with opened(files, "x") as (layout, source):
        whole = list(source.rows(layout.begin, layout.number))
        assert len(whole) == 30_000
        row, position = whole[20_000]
        rest = [each.cells[0] for each, _ in source.rows(position, row.number)]
    assert rest[0] == "P20001"
    assert len(rest) == 9_999


WORDS = {
    "es": "Nombre;Correo electrónico;Ciudad\nÁngel Muñoz;a@b.example;Cádiz\nBegoña Ibáñez;c@d.example;Córdoba\n¿Qué?;€ 30;2.º piso\n",
    "es, few": "Nombre;Apellidos;Correo electrónico;Ciudad\nAna;Pérez;a@b.example;Madrid\n",
    "es, capitals": "NOMBRE;CIUDAD\nMUÑOZ NÚÑEZ;LEÓN\nPEÑA;ÁVILA\n",
    "ca": "Nom;Població\nGal·la Font;l’Hospitalet\nJoan Güell;Sitges – Garraf\n",
    "pt": "Nome;Cidade\nJoão Conceição;São Paulo\nInês Simões;Guimarães\n",
    "fr": "Nom;Ville\nFrançois Lefèvre;Besançon\nHéloïse d’Août;Évreux\n",
    "de": "Name;Ort\nJürgen Groß;Köln\nKäthe Übel;Würzburg\n",
    "sv": "Namn;Ort\nÅsa Sjöberg;Malmö\nBjörn Åkesson;Örebro\n",
}


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("text", WORDS.values(), ids=list(WORDS))
def test_a_file_without_a_mark_is_read_as_its_language_is_written(text: str, encoding: str) -> None:
    written = text.encode(encoding, "ignore")
    found, skip = tables.encoding_of(written, [])
    assert (written.decode(found), skip) == (written.decode(encoding), 0)
