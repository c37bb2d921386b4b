"""Random responses through the whole tool, against Python's json; the benchmark does a million rows of them."""

import os
import random

from emulator import program
from values import round_trip


def test_values_come_out_as_they_went_in(tmp_path):
    seed = f"{random.SystemRandom().getrandbits(32):08x}"
    assert round_trip(os.path.dirname(program("logexport")), str(tmp_path), seed, tables=4, rows=1000) == []
