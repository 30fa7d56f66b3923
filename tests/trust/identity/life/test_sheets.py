"""Lists of people as spreadsheets really save them."""

from datetime import UTC, datetime

import pytest

from muniment.trust.identity.life import sheets

HEAD = "Name,E-mail,Role,Purpose,Until"
ROSA = {"name": "Rosa Lind", "email": "rosa@example.com", "role": "Guest", "purpose": "Year end", "until": "2030-12-31"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_people_have(separator):
    text = "\n".join(line.replace(",", separator) for line in (HEAD, ",".join(ROSA.values())))

    assert sheets.read(text) == [(2, ROSA)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_people_have(end):
    assert sheets.read(end.join((HEAD, ",".join(ROSA.values()), ""))) == [(2, ROSA)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_people_have(encoding):
    text = f"{HEAD}\nJosé Núñez,jose@example.com,Guest,Jahresabschluß,\n"

    ((_, found),) = sheets.read(sheets.decode(text.encode(encoding)))

    assert (found["name"], found["purpose"], found["until"]) == ("José Núñez", "Jahresabschluß", "")


def test_excels_line_about_its_separator_and_quoted_cells():
    found = sheets.read('sep=;\nName;Mail;Role;Why\n"Lind; Rosa";rosa@example.com;Guest;"Says ""year end"""\n')

    assert found[0][1] == {
        "name": "Lind; Rosa",
        "email": "rosa@example.com",
        "role": "Guest",
        "purpose": 'Says "year end"',
    }


def test_empty_lines_count_for_the_numbers_and_for_nothing_else():
    found = sheets.read(f"{HEAD}\n\n,,,,\n{','.join(ROSA.values())}\n")

    assert [number for number, _ in found] == [4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing in this list"),
        (HEAD, "nobody in this list"),
        ("Name,Role\nRosa,Guest", "Missing: email, purpose"),
        ("Name,Name,E-mail,Role,Purpose\na,b,c,d,e", "called alike"),
        (f'{HEAD}\n"Rosa,rosa@example.com', "quotation mark"),
        (f"{HEAD}\nRosa,rosa@example.com,Guest,Year\0end,", "no text file"),
        (f"{HEAD}\n" + "a,b,c,d,\n" * 501, "At most 500"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(text, said):
    with pytest.raises(sheets.Unreadable, match=said):
        sheets.read(text)


@pytest.mark.parametrize("data", [b"PK\x03\x04\0\0\0\0", b"\xff\xfe\x00"])
def test_what_is_no_text_is_said(data):
    with pytest.raises(sheets.Unreadable):
        sheets.decode(data)


@pytest.mark.parametrize("text", ["2030-12-31", "31.12.2030", "31/12/2030", "12/31/2030", "31 December 2030"])
def test_days_people_write(text):
    assert sheets.day(text) == datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["03/04/2030", "2030-13-01", "soon", "31.02.2030", "\u00b2/1/2030", "9" * 500 + "/1/2030", "9999-12-31"]
)
def test_a_day_that_is_none_or_could_be_two_is_refused(text):
    with pytest.raises(sheets.Unreadable):
        sheets.day(text)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", "\u00a0=1", "\uff1d1+1"]
)
def test_no_cell_is_taken_for_a_formula_and_comes_back_as_it_was(cell):
    written = sheets.write(("Name", "E-mail", "Role", "Purpose"), [(cell, "a@example.com", "Guest", "x")])

    assert "\n'" in written or "\n\"'" in written
    ((_, found),) = sheets.read(written)
    assert found["name"] == cell.strip()
