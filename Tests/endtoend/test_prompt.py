"""What a person at a terminal sees: the question, and the ways to answer it."""

import pytest
from terminal import Terminal

TABLE = "Asked_CL"


@pytest.fixture
def asked(emulator, archive):
    emulator.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
    made = archive([TABLE], "2025-01-01", "2025-01-01T01:00:00Z")
    made.write_spec()
    terminal = Terminal("apply", "-f", made.spec_file)
    terminal.read_until("Only 'yes' is taken for yes:")
    assert "1 to export" in terminal.text
    return made, terminal


def test_yes_is_taken_for_yes(asked):
    made, terminal = asked
    terminal.write("yes\n")
    assert terminal.wait() == 0, terminal.text
    assert "1 slice with 1 row exported" in terminal.text
    assert [row["Number"] for row in made.rows(TABLE)] == [1]


@pytest.mark.parametrize("answer", ["no\n", "y\n", "\n", "\x04"])
def test_nothing_else_is(asked, answer):
    made, terminal = asked
    terminal.write(answer)
    assert terminal.wait() == 1
    assert "Nothing was done." in terminal.text
    assert made.containers() == []


def test_control_c_leaves(asked):
    made, terminal = asked
    terminal.write("\x03")
    assert terminal.wait() == 130
    assert made.containers() == []
