"""What a person at a terminal sees: the question, and the ways to answer it."""

import os
import pty
import select

import pytest
from archive import clean_environment
from emulator import program

TABLE = "Asked_CL"


class Terminal:
    """The tool on a pseudo terminal."""

    def __init__(self, *arguments):
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.execvpe(program("logexport"), ["logexport", *arguments], {**clean_environment(), "TERM": "xterm"})
        self.text = ""

    def read_until(self, text):
        for _ in range(600):
            if text in self.text:
                return
            if select.select([self.end], [], [], 0.1)[0]:
                try:
                    self.text += os.read(self.end, 65536).decode()
                except OSError:
                    break
        assert text in self.text, self.text

    def write(self, text):
        os.write(self.end, text.encode())

    def wait(self):
        """The exit code, with all that was still said."""
        try:
            while data := os.read(self.end, 65536):
                self.text += data.decode()
        except OSError:
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.end)
        return os.waitstatus_to_exitcode(status)


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
