"""A directory with a godwit that serves it, for one browser case: started on a free port, killed and started again on
the same one, its access log read back. Used by the browser cases."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.parse


class Site:
    """`options`: the rights, e.g. "--allow-all". The directory is gone when the `with` block ends."""

    program = None  # the godwit under test; set by run.py

    def __init__(self, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="godwit-site-"))
        self.root = self.folder / "root"
        self.root.mkdir()
        self.options = list(options)
        self.port = 0
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """On the port of the first start. Waits for the line that says that it listens."""
        log = self.folder / "access.log"
        words = [self.program, "--port", str(self.port), "--access-log", str(log), "--log-format", "json",
                 *self.options, str(self.root)]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=(self.folder / "errors").open("ab"), text=True)
        line = self.process.stdout.readline()
        found = re.search(r"on http://127\.0\.0\.1:(\d+)/", line)
        if not found:
            errors = (self.folder / "errors").read_text(errors="replace")
            raise AssertionError(f"the server did not start: {line}{errors}")
        self.port = int(found.group(1))

    def kill(self):
        """As a crash would: nothing is finished or tidied."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def write(self, name, content=b""):
        """`name`: text or bytes, below the root; folders on the way are made."""
        raw = name if isinstance(name, bytes) else name.encode()
        path = bytes(self.root) + b"/" + raw
        pathlib.Path(path.rsplit(b"/", 1)[0].decode("utf-8", "surrogateescape")).mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    def read(self, name):
        """The file's bytes; None when it is not there."""
        path = self.root / name
        return path.read_bytes() if path.is_file() else None

    def log(self):
        """What was answered so far, oldest first, each with `path` decoded besides the log's own members."""
        log = self.folder / "access.log"
        entries = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        for entry in entries:
            entry["path"] = urllib.parse.unquote(entry["target"].split("?")[0], errors="surrogateescape")
        return entries

    def wait_for_log(self, what, matches, seconds=10):
        """The entries for which `matches` is true, as soon as there is one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [entry for entry in self.log() if matches(entry)]
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s for {what} in the access log")
