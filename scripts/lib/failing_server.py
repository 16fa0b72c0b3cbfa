"""A server under tests/support/failing_calls.cc, and a client that tells whole answers from cut ones. Called by
scripts/fail-each-call."""
import http.client
import mmap
import os
import pathlib
import shlex
import signal
import struct
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "tests/support/failing_calls.cc"
CONTROL_BYTES = 512 + 24 * 64
ARMED, NTH, MANY, ERROR, FIRED, CALLS, COUNTS = range(7)


def build_library(into):
    library = os.path.join(into, "failing_calls.so")
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    subprocess.run([*compiler, "-std=c++20", "-O1", "-shared", "-fPIC", "-o", library, str(SOURCE), "-ldl"], check=True)
    return library


def ring_can_fail():
    """Older kernels have no operation that only reports an error."""
    major, minor = (int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
    return (major, minor) >= (6, 10)


class Control:
    """The file that both sides map."""

    def __init__(self, path):
        with open(path, "wb") as file:
            file.write(struct.pack("q", -1) + bytes(CONTROL_BYTES - 8))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), CONTROL_BYTES)

    def get(self, index):
        return struct.unpack_from("q", self.memory, 8 * index)[0]

    def set(self, index, value):
        struct.pack_into("q", self.memory, 8 * index, value)

    def names(self):
        return [self.memory[512 + 24 * i:536 + 24 * i].split(b"\0")[0].decode() for i in range(self.get(CALLS))]

    def counts(self):
        return {name: self.get(COUNTS + i) for i, name in enumerate(self.names())}

    def arm(self, call, nth, many, error):
        """`call` by its number; counts from here on."""
        for i in range(58):
            self.set(COUNTS + i, 0)
        for index, value in ((NTH, nth), (MANY, many), (ERROR, error), (FIRED, 0), (ARMED, call)):
            self.set(index, value)

    def disarm(self):
        self.set(ARMED, -1)


class Server:
    """The program under test; it may be started again on the same directory."""

    def __init__(self, program, library, control_path, directory, log, options):
        self.words = [program, *options, "--port", "0", directory]
        self.environment = dict(os.environ, LD_PRELOAD=library, FAILING_CALLS=control_path)
        self.log = log
        self.process = None
        self.port = 0

    def start(self):
        """False when it does not start; then it has ended by itself."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, stderr=log, env=self.environment)
        line = self.process.stdout.readline().decode()
        if "http://" not in line:
            self.process.wait(timeout=20)
            return False
        self.port = int(line.split("http://", 1)[1].split("/")[0].rsplit(":", 1)[1].split()[0])
        return True

    def stop(self):
        """Returns the exit status, negative for a death by a signal."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = -signal.SIGALRM
        self.process.stdout.close()
        self.process = None
        return status

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def error_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()


class Response(http.client.HTTPResponse):
    """Passes over every interim response."""

    def _read_status(self):
        while True:
            version, status, reason = super()._read_status()
            if status >= 200:
                return version, status, reason
            http.client.parse_headers(self.fp)


class Connection(http.client.HTTPConnection):
    response_class = Response


class Answer:
    """status 0: no answer came. `whole`: its framing says that nothing is missing."""

    def __init__(self, status=0, fields=None, content=b"", whole=False):
        self.status = status
        self.fields = fields or {}
        self.content = content
        self.whole = whole

    @property
    def good(self):
        return 200 <= self.status < 300

    def get(self, name):
        return self.fields.get(name.lower(), "")

    def __str__(self):
        text = self.content[:200].decode("utf-8", "replace").strip().replace("\n", " / ")
        return f"{self.status}{'' if self.whole else ' (cut)'} {text!r}"


def ask(port, method, target, content=None, fields=None):
    connection = Connection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, target, content, {"Connection": "close", **(fields or {})})
        response = connection.getresponse()
        answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()})
        try:
            answer.content = response.read()
            answer.whole = True
        except http.client.IncompleteRead as cut:
            answer.content = cut.partial
        except OSError:
            pass  # a reset, which takes along what arrived before
        return answer
    except (OSError, http.client.HTTPException):
        return Answer()
    finally:
        connection.close()
