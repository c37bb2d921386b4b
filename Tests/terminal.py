"""The tool on a pseudo terminal, as a person meets it."""

import os
import pty
import select

from archive import clean_environment
from emulator import program


class Terminal:
    """A running command; what it says is collected."""

    def __init__(self, *arguments, environment=None, folder=None):
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            if folder:
                os.chdir(folder)
            os.execvpe(program("logexport"), ["logexport", *arguments],
                       {**clean_environment(), "TERM": "xterm", **(environment or {})})
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

    def answer(self, question, text):
        """Waits for a question, and answers it with a line."""
        self.read_until(question)
        self.text = ""
        self.write(f"{text}\n")

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
