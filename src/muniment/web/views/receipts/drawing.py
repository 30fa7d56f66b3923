"""A proof drawn as a path: from a leaf at the foot, past the hash beside it at each level, up to the root."""

from dataclasses import dataclass

from muniment.trust.disclosure.types import Path

WIDTH, STEP = 340, 56
BOX_WIDTH, BOX_HEIGHT = 104, 28
MIDDLE, LEFT, RIGHT = 170, 58, 282
TOP = 26  # room for the words over the root
FOOT = 24  # and under the leaf
SHORT = 10  # digits of a hash that fit into a box; all of it stands in the list below


@dataclass(frozen=True)
class Box:
    """One hash: where its box begins, where its text stands, and what sort it is: leaf, path, beside or root."""

    x: int
    y: int
    middle_x: int
    text_y: int
    label: str
    kind: str


@dataclass(frozen=True)
class Line:
    """A line from a box up to the one that it makes."""

    x1: int
    y1: int
    x2: int
    y2: int
    is_path: bool


@dataclass(frozen=True)
class Drawing:
    """Boxes and lines of one path, how much room they need, and where the words for the leaf stand."""

    width: int
    height: int
    foot_y: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(path: Path) -> Drawing:
    """Return the picture of a path; the root is on top."""
    levels = len(path.steps)
    boxes, lines = [], []
    foot = TOP + levels * STEP
    boxes.append(_box(MIDDLE, foot, path.leaf, "root" if levels == 0 else "leaf"))
    for level, step in enumerate(path.steps):
        y, side = foot - level * STEP, LEFT if step.is_left else RIGHT
        boxes.append(_box(side, y, step.beside, "beside"))
        boxes.append(_box(MIDDLE, y - STEP, step.parent, "root" if level == levels - 1 else "path"))
        lines.append(_line(side, y, is_path=False))
        lines.append(_line(MIDDLE, y, is_path=True))
    return Drawing(WIDTH, foot + BOX_HEIGHT + FOOT, foot + BOX_HEIGHT + 16, tuple(boxes), tuple(lines))


def _box(middle: int, y: int, digest: bytes, kind: str) -> Box:
    return Box(middle - BOX_WIDTH // 2, y, middle, y + 18, f"{digest.hex()[:SHORT]}…", kind)


def _line(x: int, y: int, *, is_path: bool) -> Line:
    return Line(x, y, MIDDLE, y - STEP + BOX_HEIGHT, is_path)
