"""HTTP/2, which no emulator here speaks: nghttpx stands before it, with this system's libcurl and a newer one."""

import glob
import importlib.util
import os
import shutil
import socket
import subprocess
import time

import certificates
import pytest

HOURS = ("2025-08-01T00:00:00Z", "2025-08-01T03:00:00Z")
# What a response breaks off at, and what the proxy makes of it: a stream that ends, a 502.
FAULTS = "truncate:op=Query,n=2,bytes=300000,reset:op=Query,n=4,lost-reply:op=PutBlock,n=4"


class Proxy:
    """nghttpx on a free port, offering HTTP/2 and HTTP/1.1 over TLS; its log tells which was agreed on."""

    def __init__(self, emulator, folder):
        self.log = os.path.join(folder, "access.log")
        self.ca_file = os.path.join(folder, "certificate.pem")
        certificate, key = certificates.make(address="127.0.0.1")
        for name, text in ((self.ca_file, certificate), (os.path.join(folder, "key.pem"), key)):
            with open(name, "w") as file:
                file.write(text)
        behind = emulator.url.rsplit(":", 1)[1]
        for _ in range(10):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            self.process = subprocess.Popen(
                ["nghttpx", "--conf=/dev/null", "--workers=1", f"--frontend=127.0.0.1,{port}",
                 f"--backend=127.0.0.1,{behind}", f"--accesslog-file={self.log}",
                 "--accesslog-format=$alpn $method $path", f"--errorlog-file={folder}/error.log",
                 os.path.join(folder, "key.pem"), self.ca_file],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self._answers(port):
                self.url = f"https://127.0.0.1:{port}"
                return
        raise AssertionError("nghttpx did not start")

    def _answers(self, port):
        """Whether it listens; false where the port was taken meanwhile, which ends it."""
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return True
            except ConnectionRefusedError:
                time.sleep(0.05)
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def protocols(self):
        """What was agreed on: for queries, and for everything else."""
        with open(self.log) as file:
            lines = [line.split() for line in file]
        return ({line[0] for line in lines if line[2].endswith("/query")},
                {line[0] for line in lines if not line[2].endswith("/query")})


@pytest.fixture
def proxy(emulator, tmp_path):
    if not shutil.which("nghttpx"):
        pytest.skip("nghttpx is absent")
    # Not where logs are searched for secrets: the proxy's key lies there.
    folder = tmp_path.parent / f"{tmp_path.name}-proxy"
    folder.mkdir()
    running = Proxy(emulator, str(folder))
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture
def newer_libcurl(tmp_path):
    """A folder with the libcurl that pycurl's wheel brings, under the name that programs look for."""
    package = importlib.util.find_spec("pycurl")
    libraries = package and glob.glob(os.path.join(
        os.path.dirname(os.path.dirname(package.origin)), "pycurl.libs", "*.so*"))
    if not libraries:
        pytest.skip("pycurl brings no libcurl of its own on this machine")
    for library in libraries:
        name = os.path.basename(library)
        os.symlink(library, tmp_path / name)
        # Both under one name, or two releases of libcrypto would answer for each other.
        if name.startswith(("libcurl-", "libcrypto-")):
            os.symlink(library, tmp_path / (name.split("-")[0] + (".so.4" if "curl" in name else ".so.3")))
    return {"LD_LIBRARY_PATH": str(tmp_path)}


def release(environment):
    """The libcurl that `logexport` runs with, as numbers."""
    code = "import ctypes; c = ctypes.CDLL('libcurl.so.4').curl_version; c.restype = ctypes.c_char_p; print(c().decode())"
    out = subprocess.run(["python3", "-c", code], env={**os.environ, **environment}, capture_output=True, text=True)
    return tuple(int(part) for part in out.stdout.split()[0].removeprefix("libcurl/").split("."))


def check_export(archive, proxy, environment, table):
    one = archive([{"name": table}], *HOURS)
    one.spec["source"]["endpoint"] = proxy.url
    rows = [{"TimeGenerated": f"2025-08-01T{n // 2000:02}:{n % 2000 // 60:02}:{n % 60:02}Z", "Number": n, "Text": "x" * 700}
            for n in range(6000)]
    one.emulator.ingest(table, rows)
    one.emulator.faults(FAULTS)
    one.apply("--ca-file", proxy.ca_file, environment=environment)
    assert sorted(row["Number"] for row in one.rows(table)) == list(range(6000))
    one.check_agreement(table)
    assert set(one.emulator.counts()["faults"]) == {"truncate", "reset", "lost-reply"}
    return proxy.protocols()


def test_answers_to_queries_come_over_http2_where_libcurl_resumes_its_streams(archive, proxy, newer_libcurl):
    assert release(newer_libcurl) >= (8, 18)
    assert check_export(archive, proxy, newer_libcurl, "Newer_CL") == ({"h2"}, {"h2"})


def test_answers_to_queries_do_without_http2_where_libcurl_loses_its_streams(archive, proxy):
    if release({}) >= (8, 18):
        pytest.skip("this system's libcurl resumes them")
    queries, others = check_export(archive, proxy, {}, "Older_CL")
    assert queries == {"http/1.1"} and "h2" in others
