"""Pictures as the portal shows them: decoded, turned upright, made anew without anything but pixels.

What a camera wrote beside the picture (place, time, device) stays in the document and is not shown. Nothing
touches the disk; a picture that would need too much memory is refused before it is decoded.
"""

import io
import threading
import warnings
from collections.abc import Iterable

from PIL import Image, ImageOps

from muniment.portal.documents.errors import NotShown

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP")
FILE_BYTES_MOST = 48 * 1024 * 1024
PIXELS_MOST = 36_000_000
EDGE_PIXELS = 2400
_QUALITY = 85
_UNREADABLE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning)
_AT_ONCE = threading.BoundedSemaphore(2)  # decoding holds up to 150 MB


def shown(pieces: Iterable[bytes], size_bytes: int) -> tuple[bytes, str]:
    """Return a picture of at most 2400 pixels an edge made from a file's bytes, and its media type.

    Raises:
        NotShown: it is no picture after all, or too large to decode safely.
    """
    if size_bytes > FILE_BYTES_MOST:
        raise NotShown
    with _AT_ONCE:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                return _made_anew(b"".join(pieces))
        except (
            OSError,
            SyntaxError,
            ValueError,
            Image.DecompressionBombError,
            Image.DecompressionBombWarning,
        ) as error:
            raise NotShown from error


def _made_anew(data: bytes) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(data), formats=FORMATS) as source:
        source.draft("RGB", (EDGE_PIXELS, EDGE_PIXELS))  # a JPEG is decoded at a fraction of its size
        if source.width * source.height > PIXELS_MOST:
            raise NotShown
        source.load()
        upright = ImageOps.exif_transpose(source)
    is_clear = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    picture = upright.convert("RGBA" if is_clear else "RGB")
    picture.thumbnail((EDGE_PIXELS, EDGE_PIXELS))
    picture.info.clear()
    out = io.BytesIO()
    if is_clear:
        picture.save(out, "PNG")
        return out.getvalue(), "image/png"
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue(), "image/jpeg"
