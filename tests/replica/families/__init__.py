"""Who plays which family of websites."""

from collections.abc import Mapping

from tests.replica.families import (
    api_affair,
    gkmlpt,
    hanweb_annual,
    hanweb_jpage,
    openness_anhui,
    plain,
    trs_static,
)
from tests.replica.families.player import Player

__all__ = ["PLAYERS", "Player"]

PLAYERS: Mapping[str, Player] = {
    "trs_static": trs_static,
    "hanweb_jpage": hanweb_jpage,
    "plain": plain,
    "gkmlpt": gkmlpt,
    "openness_anhui": openness_anhui,
    "api_affair": api_affair,
    "hanweb_annual": hanweb_annual,
}
