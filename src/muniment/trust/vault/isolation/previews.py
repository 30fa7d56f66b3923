"""Pictures of what strangers sent, made anew from pixels alone. Tasks of the sandbox: nothing here may open a file.

What a camera wrote beside a picture (place, time, device), and whatever else hides in a file, is not among the
pixels and stays behind. A picture that would need too much memory is refused before it is decoded.
"""

import io
import warnings
from typing import BinaryIO

import pypdfium2
from PIL import Image, ImageOps

from muniment.trust.vault.isolation.confined import TaskRefused

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP")
PIXELS_MOST = 36_000_000
EDGE_PIXELS = 2400
PAGE_PIXELS = 1600
_QUALITY = 85


def image(source: BinaryIO) -> bytes:
    """Return a picture of at most 2400 pixels an edge: its media type, a zero byte, and the file.

    Raises:
        TaskRefused: it has more pixels than can be decoded safely.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(source.read()), formats=FORMATS) as found:
        found.draft("RGB", (EDGE_PIXELS, EDGE_PIXELS))  # a JPEG is decoded at a fraction of its size
        if found.width * found.height > PIXELS_MOST:
            raise TaskRefused("too many pixels")
        found.load()
        upright = ImageOps.exif_transpose(found)
    is_clear = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    picture = upright.convert("RGBA" if is_clear else "RGB")
    picture.thumbnail((EDGE_PIXELS, EDGE_PIXELS))
    return _file(picture)


def pdf_page(source: BinaryIO, number: str) -> bytes:
    """Return a page of a PDF (numbered from 1) as a picture, of the same form as `image` does.

    Raises:
        TaskRefused: there is no such page.
    """
    document = pypdfium2.PdfDocument(source.read())
    place = int(number) - 1
    if not 0 <= place < len(document):
        raise TaskRefused("no such page")
    page = document[place]
    width, height = page.get_size()
    scale = PAGE_PIXELS / max(width, height, 1.0)
    return _file(page.render(scale=min(scale, 4.0), may_draw_forms=False).to_pil().convert("RGB"))


def _file(picture: Image.Image) -> bytes:
    picture.info.clear()
    out = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "PNG")
        return b"image/png\0" + out.getvalue()
    picture.save(out, "JPEG", quality=_QUALITY)
    return b"image/jpeg\0" + out.getvalue()


def _load_readers() -> None:
    """Use every reader once, so that all of its code is loaded: in the sandbox no file can be opened any more."""
    for kind in FORMATS:
        kept = io.BytesIO()
        Image.new("P" if kind == "GIF" else "RGB", (2, 2)).save(kept, kind)
        image(io.BytesIO(kept.getvalue()))
    _file(Image.new("RGBA", (2, 2)))


_load_readers()
