"""Completions in the shells that they are for, and the manual in the readers that people have."""

import os
import shutil
import subprocess

import pytest
from archive import clean_environment
from emulator import program

SPEC = """version: 1
name: completed
source: {workspace: 33333333-3333-4333-8333-333333333333}
range: {last: 1d}
destination: {directory: ./archive}
tables: [SecurityEvent, SigninLogs, Syslog]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "logexport.yaml").write_text(SPEC)
    (tmp_path / "other.yaml").write_text(SPEC.replace("Syslog", "Other_CL"))
    (tmp_path / "with blank.yaml").write_text(SPEC)
    (tmp_path / "directory").mkdir()
    return tmp_path


def run(words, folder, **more):
    path = os.path.dirname(program("logexport")) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**clean_environment(), "PATH": path, "HOME": str(folder)}, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


BASH = """
source <(logexport completion bash)
complete -p logexport >&2
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_logexport
printf '%s\\n' "${COMPREPLY[@]}"
"""

CASES = [
    (["pl"], ["plan"]), (["plan", "--fo"], ["--format"]), (["plan", "--format", ""], ["json", "markdown", "text"]),
    (["graph", "--format", "d"], ["dot"]), (["plan", "--table", "S"], ["SecurityEvent", "SigninLogs", "Syslog"]),
    (["plan", "-f", "other.yaml", "--table", "O"], ["Other_CL"]), (["plan", "--chdir", "dir"], ["directory"]),
    (["plan", "--spec", "oth"], ["other.yaml"]), (["completion", "b"], ["bash"]), (["help", "va"], ["validate"]),
    (["help", "--for"], ["--format"]), (["init", "--cloud", "u"], ["usgovernment"]),
    (["apply", "--progress", "p"], ["plain"]), (["validate", "--auto"], []), (["plan", "--as-of", ""], []),
    (["manifest", ""], ["import", "list", "rebuild"]), (["manifest", "import", "oth"], ["other.yaml"]),
    (["manifest", "import", "l"], ["logexport.yaml"]),
]


@pytest.mark.parametrize("words, found", CASES)
def test_bash(folder, words, found):
    said = run(["bash", "--norc", "-c", BASH, "bash", "logexport", *words], folder)
    assert sorted(line for line in said.splitlines() if line) == found


@pytest.mark.parametrize("words, found", [
    (["plan", "--format", "=", "j"], ["json"]), (["plan", "--format", "="], ["json", "markdown", "text"]),
    (["plan", "--spec", "=", "other.yaml", "--table", "=", "O"], ["Other_CL"]),
    (["plan", "--spec", "=", "with"], ["with blank.yaml"]),
])
def test_bash_with_values_attached(folder, words, found):
    said = run(["bash", "--norc", "-c", BASH, "bash", "logexport", *words], folder)
    assert sorted(said.splitlines()) == found


@pytest.mark.parametrize("words, found", CASES)
def test_fish(folder, words, found):
    if not shutil.which("fish"):
        pytest.skip("fish is absent")
    line = " ".join(["logexport", *words])
    script = f"logexport completion fish | source; complete -C '{line}'"
    said = run(["fish", "--no-config", "-c", script], folder)
    complete = [line.split("\t")[0].rstrip("/") for line in said.splitlines()]
    assert sorted(complete) == found


# What zsh would insert is caught where completion hands it over.
ZSH = """
autoload -Uz compinit; compinit -u -d "$HOME/.zcompdump"
source <(logexport completion zsh)
[[ $_comps[logexport] == _logexport ]] || exit 3
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; autoload -Uz compinit; compinit -u -d "$HOME/.zcompdump"; source <(logexport completion zsh)'
zpty -w shell 'zstyle ":completion:*" list-prompt ""; compadd() { builtin compadd -O caught "$@"; print -rl -- $caught >>"$HOME/caught"; builtin compadd "$@" }'
zpty -w shell 'print ready >>"$HOME/ready"'
while [[ ! -e $HOME/ready ]]; do sleep 0.1; done
zpty -n -w shell "$1"$'\\t'
zpty -w shell ''
zpty -n -w shell $'\\C-u'
zpty -w shell 'print done >>"$HOME/done"; exit'
while [[ ! -e $HOME/done ]]; do sleep 0.1; done
zpty -d shell
"""


@pytest.mark.parametrize("words, found", [case for case in CASES if case[0][0] in ["plan", "graph", "completion"]])
def test_zsh(folder, words, found):
    if not shutil.which("zsh"):
        pytest.skip("zsh is absent")
    run(["zsh", "-f", "-c", ZSH, "zsh", " ".join(["logexport", *words])], folder)
    caught = folder / "caught"
    said = caught.read_text().splitlines() if caught.exists() else []
    for one in found:
        assert one in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_parse(folder, shell):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is absent")
    script = run(["logexport", "completion", shell], folder)
    (folder / "script").write_text(script)
    run([shell, "-n", "script"], folder)


def test_the_man_page_has_no_warning(folder):
    (folder / "page.1").write_text(run(["logexport", "help", "--format", "man"], folder))
    judges = [words for words in [["mandoc", "-T", "lint", "-W", "warning"], ["groff", "-man", "-ww", "-z"]]
              if shutil.which(words[0])]
    if not judges:
        pytest.skip("neither mandoc nor groff is there")
    for words in judges:
        done = subprocess.run([*words, "page.1"], cwd=folder, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_schema_is_in_the_program(folder):
    root = os.path.join(os.path.dirname(__file__), "..", "..")
    with open(os.path.join(root, "schemas/logexport-v1.schema.json"), encoding="utf-8") as file:
        assert run(["logexport", "schema"], folder) == file.read()
