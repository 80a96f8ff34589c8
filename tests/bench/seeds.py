"""The two seeds of ../shared: whole documents, their figures typed from them by hand."""

from pathlib import Path
from typing import Any

from tests.bench.cases import Case

FOLDER = Path(__file__).parents[3] / "shared" / "seeds"

_ROWS = "r1 r2 r3_1 r3_2 r3_3 r3_4 r3_5 r3_6 r3_7 r3_8 r4_1 r4_2 r4_3 r5_1 r5_2 r5_3 r5_4 r5_5"
_NONE = ["0"] * 7
# Six figures and an empty cell in front of them: one of the seven is lost, nobody can say which.
_ONE_LOST = [None] * 7

_CONTENTS: dict[str, dict[str, Any]] = {
    "000_476d764085fac771": {
        "agency": "盐池县自然资源局",
        "year": 2020,
        "template": "2019-2020",
        "truth": {
            "t2": {
                "regulations": ["0", "0", "0"],
                "normative": ["0", "0", "0"],
                "license": ["22", "-1", "73"],
                "other_service": ["46", "+3", "115"],
                "punish": ["201", "-21", "0"],
                "coerce": ["12", "0", "0"],
                "fee": ["0", "0"],
                "procurement": ["0", "0"],
            },
            "t3": dict.fromkeys(["new", "carry", *_ROWS.split(), "r6", "r7", "r8"], _NONE),
            "t4": ["0"] * 15,
        },
    },
    "004_d9eb810fb415a349": {
        "agency": "扶沟县自然资源局",
        "year": 2021,
        "template": "2021+",
        "truth": {
            "t2": {
                "regulations": ["0", "0", "0"],
                "normative": ["0", "0", "0"],
                "license": "53",
                "punish": "18",
                "coerce": "0",
                "fee": "0",
            },
            "t3": {
                **dict.fromkeys(["new", "carry", "r7", "r8"], _NONE),
                **dict.fromkeys([*_ROWS.split(), "r6_1", "r6_2", "r6_3"], _ONE_LOST),
            },
            "t4": ["0"] * 5 + ["4", "0", "2", "0", "6"] + ["0"] * 5,
        },
    },
}


def load_seeds() -> list[Case]:
    """Both; none where ../shared is missing."""
    common = {"source_format": "file", "tables": [], "quirks": [], "violations": []}
    return [
        Case(f"seed_{name.partition('_')[0]}", {**content, **common}, FOLDER / f"{name}.txt")
        for name, content in _CONTENTS.items()
        if (FOLDER / f"{name}.txt").exists()
    ]
