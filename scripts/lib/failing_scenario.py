"""All features of a server in one scenario, and what must hold of each answer while one system call fails. Called by
scripts/fail-each-call.

For each path the world knows which contents are possible (None: nothing is there). An acknowledged write leaves one
possibility; a refused one leaves what was, or both where the refusal says so; without an answer both are possible."""
import json
import os
import re
import subprocess
import time

from failing_server import Server, ask

BIG = bytes(range(251)) * 5000  # beyond what the server keeps in memory
PARTS = [b"first part\n" * 9000, b"second part\n" * 7000, b"third\n" * 5000]
OPTIONS = ("--allow-all", "--error-log", "-")
XML = {"Content-Type": "application/xml"}
PARTIAL = {"Content-Type": "application/partial-upload"}
# The client sees these as the end of its connection.
NETWORK = ("accept4", "close", "epoll_ctl", "recv", "send", "sendmsg", "sendfile", "setsockopt", "shutdown")
# What a refusal says that left something behind.
TOLD = re.compile(rb"has its name|name is gone|upload is gone|is there|was made|was stored|may be|change is in the file"
                  rb"|were changed")
RECORD_NAMES = ("Old", "New", "Ada", "Bob")


class World:
    def __init__(self, program, library, directory):
        self.root = os.path.join(directory, "root")
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        self.speaks_dav = ", WebDAV" in told
        self.server = Server(program, library, os.path.join(directory, "control"), self.root,
                             os.path.join(directory, "log"), OPTIONS + (("--dav",) if self.speaks_dav else ()))
        self.files = {}
        self.directories = {}
        self.records = {"Old": {True}, "New": {False}, "Ada": {False}, "Bob": {False}}
        self.moods = {None}  # which values the property "mood" of /a.txt may have
        self.uploads = []  # of the waiting ones: [target, address, offset that was told]
        self.wrong = []
        self.call = ""
        self.error = ""
        self.armed = False

    def fault(self, call, error):
        self.call, self.error, self.armed = call, error, True

    def begin(self):
        os.makedirs(self.root + "/up")
        for name, content in (("a.txt", b"a small file\n"), ("big.bin", BIG), ("gone.txt", b"to be removed\n"),
                              ("form-gone.txt", b"too\n")):
            with open(f"{self.root}/{name}", "wb") as file:
                file.write(content)
            self.files["/" + name] = {content}
        with open(self.root + "/database.txt", "wb") as file:
            file.write(b"id=1&name=Old\n")
        self.start()

    def start(self):
        if self.server.start():
            return
        # It may refuse to start, but says so; the fault has passed then.
        if not self.armed:
            self.blame("the server did not start: " + self.server.error_text()[-300:])
        elif not self.server.start():
            self.blame("the server did not start a second time: " + self.server.error_text()[-300:])

    def blame(self, text):
        self.wrong.append(text)

    def ask(self, method, target, content=None, fields=None):
        answer = ask(self.server.port, method, target, content, fields)
        if answer.status == 0 and self.server.process is not None:
            time.sleep(0.02)  # a process that dies needs a moment
            if not self.server.runs():
                self.blame(f"{method} {target}: the server died ({self.server.process.poll()}): "
                           + self.server.error_text()[-400:])
            elif not self.armed or self.call not in NETWORK:
                self.blame(f"{method} {target}: no answer")
        return answer

    # What is read.

    def check_absence(self, what, answer, may_be_absent):
        """An answer that gave nothing: whether it is true."""
        if answer.status in (404, 410) and not may_be_absent:
            self.blame(f"{what}: it is there, but {answer}")
        if answer.status == 403 and self.error not in ("EACCES", "EPERM"):
            self.blame(f"{what}: {answer}")
        if not self.armed and answer.status and not (answer.status == 404 and may_be_absent):
            self.blame(f"{what}: after the fault: {answer}")

    def get(self, path):
        possible = self.files[path]
        answer = self.ask("GET", path)
        if answer.status != 200:
            return self.check_absence(f"GET {path}", answer, None in possible)
        fits = any(content is not None and (content == answer.content if answer.whole
                                            else content.startswith(answer.content)) for content in possible)
        if not fits or (not answer.whole and not self.armed):
            self.blame(f"GET {path}: {len(answer.content)} bytes that are not the file's, {answer}")

    def get_ranges(self):
        answer = self.ask("GET", "/big.bin", None, {"Range": "bytes=1000-4999"})
        if answer.status == 206 and answer.whole and answer.content != BIG[1000:5000]:
            self.blame("range: wrong bytes")
        if answer.status not in (0, 206, 200, 500, 503, 403):
            self.blame(f"range: {answer}")
        answer = self.ask("GET", "/big.bin", None, {"Range": "bytes=5-9,300000-300009"})
        if answer.status == 206 and answer.whole and not (BIG[5:10] in answer.content
                                                          and BIG[300000:300010] in answer.content):
            self.blame("ranges: wrong bytes")
        answer = self.ask("HEAD", "/big.bin")
        if answer.status == 200 and answer.get("content-length") != str(len(BIG)):
            self.blame(f"HEAD: {answer.fields}")
        if answer.status not in (0, 200, 500, 503, 403):
            self.blame(f"HEAD: {answer}")

    def list_root(self):
        certain = [path[1:] for path, possible in self.files.items() if path.count("/") == 1 and None not in possible]
        for wanted in ("application/json", "text/html", "text/plain"):
            answer = self.ask("GET", "/", None, {"Accept": wanted})
            if answer.status != 200:
                self.check_absence(f"listing as {wanted}", answer, False)
                continue
            text = answer.content.decode()
            missing = [name for name in certain if name not in text]
            if answer.whole and missing:
                self.blame(f"listing as {wanted} looks whole and lacks {missing}")

    # What is written.

    def settle(self, possible, after, answer, is_good):
        """What is possible after a write."""
        if is_good:
            return {after}
        if answer.status == 0 or TOLD.search(answer.content):
            return possible | {after}
        return possible

    def write(self, method, path, content, after, target=None, fields=None):
        answer = self.ask(method, target or path, content, fields)
        before = self.files.get(path, {None})
        self.files[path] = self.settle(before, after, answer, answer.good)
        # A file that the server may not open has no properties for it: it never showed any.
        if path == "/a.txt" and answer.good and self.armed and self.error == "EACCES":
            self.moods = self.moods | {None}
        if not self.armed and not answer.good:
            self.blame(f"{method} {path}: after the fault: {answer}")
        if method == "DELETE" and answer.status == 404 and None not in before:
            self.blame(f"DELETE {path}: it is there, but {answer}")
        return answer

    def post_form(self):
        contents = {"one.bin": b"1" * 70000, "two.txt": b"two"}
        body = b"".join(b'--b\r\nContent-Disposition: form-data; name="f"; filename="' + name.encode() + b'"\r\n\r\n'
                        + content + b"\r\n" for name, content in contents.items()) + b"--b--\r\n"
        answer = self.ask("POST", "/up/", body, {"Content-Type": "multipart/form-data; boundary=b",
                                                 "Accept": "application/json"})
        told = {}
        try:
            told = {each["name"]: each["status"] for each in json.loads(answer.content)["files"]}
        except (ValueError, KeyError, TypeError):
            pass
        for name, content in contents.items():
            good = 200 <= told.get(name, 500) < 300 if told else answer.good
            self.files["/up/" + name] = self.settle({None}, content, answer, good)

    def make_directory(self, path, method="MKCOL", target=None, content=None):
        answer = self.ask(method, target or path, content)
        self.directories[path] = self.settle({False}, True, answer, answer.good)

    def remove_directory(self, path):
        before = self.directories[path]
        answer = self.ask("DELETE", path)
        self.directories[path] = self.settle(before, False, answer, answer.good)
        if answer.status == 404 and False not in before:
            self.blame(f"DELETE {path}: it is there, but {answer}")

    def refuse_condition(self):
        answer = self.ask("PUT", "/a.txt", b"never", {"If-Match": '"another"'})
        if answer.good:
            self.blame(f"a write was done against its condition: {answer}")

    # Properties.

    def set_mood(self, value):
        if not self.speaks_dav:
            return
        answer = self.ask("PROPPATCH", "/a.txt", b'<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><mood xmlns="urn:x">'
                          + value.encode() + b"</mood></D:prop></D:set></D:propertyupdate>", XML)
        is_good = answer.status == 207 and b"HTTP/1.1 200" in answer.content
        self.moods = self.settle(self.moods, value, answer, is_good)
        if not self.armed and not is_good:
            self.blame(f"PROPPATCH: after the fault: {answer}")

    def find_mood(self):
        if not self.speaks_dav:
            return
        for body in (b'<propfind xmlns="DAV:"><prop><mood xmlns="urn:x"/></prop></propfind>', None):
            answer = self.ask("PROPFIND", "/a.txt", body, {**XML, "Depth": "0"} if body else {"Depth": "0"})
            if answer.status != 207:
                self.check_absence("PROPFIND /a.txt", answer, False)
                continue
            is_told = not re.search(rb"HTTP/1.1 (500|403)", answer.content)
            found = re.search(rb'urn:x">(\w+)</n:mood', answer.content)
            value = found.group(1).decode() if found else None
            if is_told and answer.whole and value not in self.moods or not is_told and not self.armed:
                self.blame(f"PROPFIND: {value}, possible: {self.moods}: {answer}")

    def list_by_dav(self):
        if not self.speaks_dav:
            return
        answer = self.ask("PROPFIND", "/", None, {"Depth": "1"})
        if answer.status != 207:
            return self.check_absence("PROPFIND /", answer, False)
        certain = [path for path, possible in self.files.items() if path.count("/") == 1 and None not in possible]
        missing = [path for path in certain if f"<D:href>{path}</D:href>".encode() not in answer.content]
        if answer.whole and missing:
            self.blame(f"PROPFIND / looks whole and lacks {missing}")

    # Records.

    def change_record(self, method, target, content, changes):
        """`changes`: name -> whether it is there afterwards."""
        fields = {"Content-Type": "application/x-www-form-urlencoded"} if content else None
        answer = self.ask(method, target, content, fields)
        for name, after in changes.items():
            self.records[name] = self.settle(self.records[name], after, answer, answer.good)
        return answer

    def list_records(self):
        answer = self.ask("GET", "/database.txt")
        if answer.status != 200:
            return self.check_absence("GET /database.txt", answer, False)
        if not answer.whole:
            return None
        for name in RECORD_NAMES:
            is_there = f"name={name}\n".encode() in answer.content
            if is_there not in self.records[name]:
                self.blame(f"records: {name} is {'' if is_there else 'not '}there")

    def use_records(self):
        added = self.change_record("POST", "/database.txt", b"name=Ada", {"Ada": True})
        self.change_record("POST", "/database.txt", b"name=Bob", {"Bob": True})
        self.change_record("PUT", "/database.txt/1", b"name=New", {"Old": False, "New": True})
        if added.good:
            self.change_record("DELETE", added.get("location"), None, {"Ada": False})
        self.list_records()

    # Resumable uploads.

    def create_upload(self, path):
        self.files.setdefault(path, {None})
        answer = self.ask("PUT", path, PARTS[0], {"Upload-Complete": "?0"})
        if not answer.good:
            return None
        upload = [path, answer.get("location"), int(answer.get("upload-offset") or 0)]
        self.uploads.append(upload)
        return upload

    def look_at_upload(self, upload):
        """Returns its offset, or nothing."""
        path, address, told = upload
        answer = self.ask("HEAD", address)
        if not answer.good:
            self.check_absence(f"HEAD of the upload of {path}", answer, False)
            return None
        offset = int(answer.get("upload-offset"))
        if answer.get("upload-complete") == "?1":
            self.files[path] = {b"".join(PARTS)}
        elif offset < told:
            self.blame(f"upload of {path}: told {told}, now {offset}")
        upload[2] = max(told, offset)
        return offset if answer.get("upload-complete") == "?0" else None

    def append(self, upload, last, fields=None):
        """Sends what is missing: up to the end of the second part, or all."""
        offset = self.look_at_upload(upload)
        if offset is None:
            return
        whole = b"".join(PARTS)
        rest = whole[offset:] if last else whole[offset:len(PARTS[0]) + len(PARTS[1])]
        answer = self.ask("PATCH", upload[1], rest, {
            **PARTIAL, "Upload-Offset": str(offset), "Upload-Complete": "?1" if last else "?0", **(fields or {})})
        if answer.good and not last:
            upload[2] = int(answer.get("upload-offset"))
        if last:
            self.files[upload[0]] = self.settle(self.files[upload[0]], whole, answer, answer.good)

    def cancel_upload(self):
        upload = self.create_upload("/cancelled.bin")
        if upload is None:
            return
        answer = self.ask("DELETE", upload[1])
        if answer.good:
            self.uploads.remove(upload)
            if self.ask("HEAD", upload[1]).good:
                self.blame("a cancelled upload is still there")
        elif answer.status == 0 or TOLD.search(answer.content):
            self.uploads.remove(upload)
        else:
            self.check_absence("DELETE of an upload", answer, False)

    def play(self):
        for path in ("/a.txt", "/big.bin", "/gone.txt"):
            self.get(path)
        self.get_ranges()
        self.list_root()
        self.set_mood("good")
        self.find_mood()
        self.list_by_dav()
        self.write("PUT", "/new.txt", b"new\n" * 30000, b"new\n" * 30000)
        self.write("PUT", "/a.txt", b"replaced\n", b"replaced\n")
        self.write("PUT", "/deep/er/file.txt", b"deep", b"deep")
        self.refuse_condition()
        self.get("/a.txt")
        self.find_mood()
        self.set_mood("better")
        self.post_form()
        self.write("DELETE", "/gone.txt", None, None)
        self.write("POST", "/form-gone.txt", b"name=form-gone.txt", None, "/?delete",
                   {"Content-Type": "application/x-www-form-urlencoded"})
        self.make_directory("/made/")
        self.make_directory("/removed/")
        self.remove_directory("/removed/")
        self.use_records()
        whole, waiting = self.create_upload("/whole.bin"), self.create_upload("/waiting.bin")
        self.cancel_upload()
        for last in (False, True):
            if whole is not None:
                self.append(whole, last)
        if waiting is not None:
            self.append(waiting, False)
        self.list_root()

    def play_restart(self):
        self.restart()
        for upload in self.uploads:
            self.look_at_upload(upload)
        self.get("/new.txt")
        self.list_records()

    def restart(self):
        status = self.server.stop()
        if status != 0:
            self.blame(f"the server ended with {status}: " + self.server.error_text()[-400:])
        self.start()

    def check_all(self):
        for path in self.files:
            self.get(path)
        for path, possible in self.directories.items():
            if os.path.isdir(self.root + path) not in possible:
                self.blame(f"directory {path}: there: {os.path.isdir(self.root + path)}, possible: {possible}")
        self.list_root()
        self.list_by_dav()
        self.find_mood()
        self.list_records()

    def end(self):
        """After the fault: everything works, and everything that was acknowledged is there, also for the next one."""
        self.armed = False
        if not self.server.runs():
            self.start()
        self.check_all()
        for upload in list(self.uploads):
            self.append(upload, True)
        self.write("PUT", "/last.txt", b"last", b"last")
        self.restart()
        self.check_all()
        self.check_leftovers()
        status = self.server.stop()
        if status != 0:
            self.blame(f"the server ended with {status}: " + self.server.error_text()[-400:])

    def leftovers(self):
        """Hidden files that nothing accounts for. A client that got no answer left an upload that waits."""
        states = set()
        if os.path.isdir(self.root + "/.godwit"):
            states = {f".godwit-{name}" for name in os.listdir(self.root + "/.godwit")}
        return [name for at, _, names in os.walk(self.root) if not at.endswith("/.godwit")
                for name in names if name.startswith(".") and name not in states]

    def check_leftovers(self):
        """They are swept after a start."""
        left = self.leftovers()
        for _ in range(100):
            if not left:
                return
            time.sleep(0.02)
            left = self.leftovers()
        self.blame(f"left behind: {left}")
