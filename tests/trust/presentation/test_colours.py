"""One colour of the firm, readable in both themes, whatever it is."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.trust.presentation import colours
from muniment.trust.presentation.colours import AA

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
LIGHT, DARK = ("#ffffff", "#f7f6f2", "#fbfaf7"), ("#0e1413", "#151d1b", "#1a2422")


@given(colour=COLOURS)
def test_words_can_be_read_in_both_themes_whatever_the_colour(colour):
    made = colours.palette(colour)

    for shades, surfaces in ((made.light, LIGHT), (made.dark, DARK)):
        assert colours.contrast(shades.brand, shades.on_brand) >= AA
        assert colours.contrast(shades.brand, shades.tint) >= AA
        assert all(colours.contrast(shades.brand, surface) >= AA for surface in surfaces)


@given(colour=COLOURS)
def test_a_mended_colour_is_readable_and_a_readable_one_stays(colour):
    mended = colours.mended(colour)

    assert colours.is_readable(mended)
    assert not colours.is_readable(colour) or mended == colour


@given(colour=COLOURS)
def test_muted_words_on_the_tint_can_be_read(colour):
    made = colours.palette(colour)

    assert colours.contrast("#5f6c68", made.light.tint) >= AA
    assert colours.contrast("#93a19c", made.dark.tint) >= AA


def test_contrast_is_that_of_the_standard():
    assert round(colours.contrast("#000000", "#ffffff"), 2) == 21
    assert round(colours.contrast("#777777", "#ffffff"), 2) == 4.48  # the well-known grey that just fails


def test_the_style_sheet_holds_three_tokens_and_nothing_else():
    text = colours.stylesheet("#123456")

    assert text.startswith(":root{--brand:light-dark(#123456,#")
    assert text.count("light-dark(") == 3
