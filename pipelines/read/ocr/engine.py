"""The recognizer: crops of lines → text and confidence; a picture → where its lines stand.

The models come with the wheel of rapidocr and are named by path, so that no address is ever asked.
"""

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.domain import MissingSoftware, UnreadableDocument

Picture = NDArray[np.uint8]

_NEEDED = ("rapidocr", "onnxruntime", "cv2")
_MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
# The detector looks at no more pixels than this along the longer side.
_DETECTION_SIDE = 1600
_BATCH = 8


class Text(NamedTuple):
    """What a crop says and how sure the recognizer is of it (0 to 1), on the whole and of each
    character."""

    text: str
    confidence: float
    each: tuple[float, ...] = ()


class TextBox(NamedTuple):
    """Where a line of text stands: pixels."""

    x0: float
    y0: float
    x1: float
    y1: float


def require_ocr() -> None:
    """Check that the extra is installed.

    Raises:
        MissingSoftware: it is not.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise MissingSoftware(
            "scans and pictures need OCR, which is not installed: "
            "uv pip install 'ogi-warehouse[ocr]'"
        )


@lru_cache(maxsize=1)
def ocr_name() -> str:
    """What goes into `read_by`."""
    require_ocr()
    return f"ocr/rapidocr-{version('rapidocr')}"


def recognize_lines(crops: Sequence[Picture]) -> list[Text]:
    """The text of each crop (one line each, dark on light), in order."""
    texts: list[Text] = [Text("", 0.0)] * len(crops)
    # The recognizer pads a batch to its widest crop: narrow ones stand together.
    order = sorted(range(len(crops)), key=lambda i: crops[i].shape[1] / crops[i].shape[0])
    if not order:
        return []
    result = _engine().recognize_txt([_coloured(crops[i]) for i in order])
    for i, text, score, held in zip(
        order, result.txts, result.scores, result.word_results, strict=True
    ):
        sure = [c for char, c in zip(text, held.confs, strict=False) if not char.isspace()]
        texts[i] = Text(text.strip(), float(score), tuple(sure))
    return texts


def detect_lines(picture: Picture) -> list[TextBox]:
    """Where lines of text stand in the picture, from top to bottom."""
    found = _engine()(
        _coloured(picture), use_det=True, use_cls=False, use_rec=False, return_word_box=True
    )
    boxes = found.boxes if getattr(found, "boxes", None) is not None else []
    return sorted((_upright(b) for b in boxes), key=lambda b: (b.y0, b.x0))


def _upright(corners: Any) -> TextBox:
    points = np.asarray(corners, dtype=float)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return TextBox(float(x0), float(y0), float(x1), float(y1))


def _coloured(picture: Picture) -> Picture:
    return np.ascontiguousarray(np.repeat(picture[:, :, None], 3, axis=2))


@lru_cache(maxsize=1)
def _engine() -> Any:
    require_ocr()
    import rapidocr  # noqa: PLC0415 - an extra, and slow to import

    models = Path(rapidocr.__file__).parent / "models"
    paths = {f"{part}.model_path": models / name for part, name in _MODELS.items()}
    for path in paths.values():
        if not path.is_file():
            raise UnreadableDocument(f"the wheel of rapidocr lacks its model {path.name}")
    return rapidocr.RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.return_word_box": True,  # the confidence of each character comes with it
            "Global.log_level": "error",
            "Global.max_side_len": _DETECTION_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # Figures are short: padding them to the usual 320 pixels would cost twice the time.
            "Rec.rec_img_shape": [3, 48, 96],
            "Rec.rec_batch_num": _BATCH,
            **{name: str(path) for name, path in paths.items()},
        }
    )
