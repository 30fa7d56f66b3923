"""One colour of the firm, and what the pages make of it: readable in light and dark, whatever it is.

Every pair that carries words keeps the contrast that WCAG 2.2 asks for (1.4.3: 4.5 to 1).
"""

import re
from dataclasses import dataclass
from typing import Final

AA: Final = 4.5
_MARGIN: Final = 0.05  # rounding to eight bits must not take a pair below the limit
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_STEPS: Final = 200
_LINEAR_BELOW: Final = 0.04045
_WHITE, _BLACK = "#ffffff", "#000000"
# The surfaces of the two themes on which the brand's colour is written; they stand in web/assets/app.css.
_LIGHT_SURFACES: Final = ("#ffffff", "#f7f6f2", "#fbfaf7")
_DARK_SURFACES: Final = ("#0e1413", "#151d1b", "#1a2422")
_LIGHT_INKS: Final = ("#17211f", "#42504d", "#5f6c68")  # what else is written on the tint: ink, soft and mute
_DARK_INKS: Final = ("#eef3f1", "#c0cbc7", "#93a19c")
_TINTS: Final = (0.14, 0.11, 0.08, 0.06, 0.04, 0.02)  # how much of the colour the tint takes, the most that is readable


@dataclass(frozen=True)
class Shades:
    """The three colours of one theme: the brand's, what is written on it, and its tint; each as "#rrggbb"."""

    brand: str
    on_brand: str
    tint: str


@dataclass(frozen=True)
class Palette:
    """What the pages make of one colour."""

    light: Shades
    dark: Shades


def is_colour(text: str) -> bool:
    """Tell whether this is a colour as it is kept: "#" and six digits from 0 to f."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return how much two colours differ in lightness, from 1 to 21.

    Source: WCAG 2.2, contrast ratio and relative luminance.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def is_readable(colour: str) -> bool:
    """Tell whether words in this colour can be read on every light surface, and white words on it."""
    return all(contrast(colour, surface) >= AA for surface in _LIGHT_SURFACES)


def mended(colour: str) -> str:
    """Return the colour itself where it is readable, else the nearest darker one that is."""
    return colour if is_readable(colour) else _towards(_BLACK, colour, _LIGHT_SURFACES)


def palette(colour: str) -> Palette:
    """Return the colours of both themes for one colour; one that is not readable is mended first."""
    light = mended(colour)
    dark = _towards(_WHITE, light, _DARK_SURFACES)
    return Palette(
        Shades(light, _WHITE, _tint(light, _WHITE, _LIGHT_INKS)),
        Shades(dark, _towards(_BLACK, _mixed(dark, _BLACK, 0.7), (dark,)), _tint(dark, _DARK_SURFACES[1], _DARK_INKS)),
    )


def stylesheet(colour: str) -> str:
    """Return the style sheet that gives the pages one colour: the tokens of both themes, and nothing else."""
    made = palette(colour)
    pairs = {
        "--brand": (made.light.brand, made.dark.brand),
        "--onbrand": (made.light.on_brand, made.dark.on_brand),
        "--tint": (made.light.tint, made.dark.tint),
    }
    lines = "".join(f"{name}:light-dark({light},{dark});" for name, (light, dark) in pairs.items())
    return f":root{{{lines}}}\n"


def _tint(colour: str, surface: str, inks: tuple[str, ...]) -> str:
    """Return the surface with as much of the colour in it as leaves the brand and all inks readable on it."""
    for share in _TINTS:
        tint = _mixed(surface, colour, share)
        if all(contrast(ink, tint) >= AA + _MARGIN for ink in (colour, *inks)):
            return tint
    return surface


def _towards(end: str, colour: str, surfaces: tuple[str, ...]) -> str:
    """Return the colour, moved towards an end no further than every surface needs."""
    for step in range(_STEPS + 1):
        moved = _mixed(colour, end, step / _STEPS)
        if all(contrast(moved, surface) >= AA + _MARGIN for surface in surfaces):
            return moved
    return end


def _mixed(one: str, other: str, share: float) -> str:
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(first + (second - first) * share):02x}" for first, second in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= _LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
