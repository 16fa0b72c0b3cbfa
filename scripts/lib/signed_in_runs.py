"""Clients that sign in, for scripts/client-runs: curl, wget, rclone and python's requests read and write a private folder
by a name and a password, a token, and the cookie of the sign-in page, and make and use share links."""

import shutil
import subprocess

import peers

PASSWORD = "correct-horse"


def serve(godwit, work):
    """A server with users, whose folder /private is alice's. The second value is a token of hers."""
    tree = work / "private-tree"
    (tree / "private").mkdir(parents=True)
    (tree / "private" / "old.txt").write_bytes(b"for alice\n")
    users = work / "users"
    program = godwit or str(peers.ROOT / "build" / "godwit")
    subprocess.run([program, "passwd", users, "alice"], input=PASSWORD + "\n", text=True, check=True,
                   capture_output=True)
    token = subprocess.run([program, "token", users, "alice"], text=True, check=True, capture_output=True).stdout.strip()
    server = peers.start("godwit", tree, work, godwit=godwit,
                         options=("--users", str(users), "--grant", "/private alice read list write delete share"))
    return server, token


class SignedIn:
    """The checks; `run` counts them and runs commands."""

    def __init__(self, run, execute, server, token, work):
        self.run = run
        self.execute = execute
        self.token = token
        self.work = work
        self.tree = work / "private-tree"
        self.address = f"http://127.0.0.1:{server.port}"
        self.url = self.address + "/private/"

    def check(self, what, holds, complaint=""):
        self.run.say(what, "" if holds else complaint or "another answer")

    def ask(self, command, what, wanted):
        """The command prints `wanted`."""
        status, out, complaint = self.execute(command)
        self.check(what, out == wanted, f"exit status {status}, {out[:200]!r} {complaint[-300:]}")

    def run_curl(self):
        quiet = ["curl", "-sS"]
        code = [*quiet, "-o", "/dev/null", "-w", "%{http_code}"]
        user = ["-u", "alice:" + PASSWORD]
        old = self.url + "old.txt"
        self.ask([*code, old], "curl without a name: 401", b"401")
        self.ask([*quiet, *user, old], "curl -u", b"for alice\n")
        self.ask([*quiet, "--anyauth", *user, old], "curl --anyauth, by the challenge", b"for alice\n")
        self.ask([*quiet, "--oauth2-bearer", self.token, old], "curl --oauth2-bearer, by a token", b"for alice\n")
        netrc = self.work / "netrc"
        netrc.write_text(f"machine 127.0.0.1 login alice password {PASSWORD}\n")
        self.ask([*quiet, "--netrc-file", netrc, old], "curl --netrc-file", b"for alice\n")
        self.ask([*code, *user, "-T", self.tree / "private" / "old.txt", self.url + "new.txt"], "curl -u -T", b"201")
        self.ask([*code, *user, "-X", "DELETE", self.url + "new.txt"], "curl -u -X DELETE", b"204")
        jar = self.work / "jar"
        self.ask([*code, "-c", jar, "-d", f"name=alice&password={PASSWORD}&to=/private/old.txt",
                  self.address + "/.godwit/sign-in"], "curl -c, the form of the sign-in page", b"303")
        self.ask([*quiet, "-b", jar, old], "curl -b, the cookie", b"for alice\n")
        self.ask([*code, "-b", jar, "-d", "to=/", self.address + "/.godwit/sign-out"], "curl -b, signing out", b"303")
        self.ask([*code, "-b", jar, old], "curl -b, the cookie afterwards: 401", b"401")
        _, link, _ = self.execute([*quiet, *user, "-d", "uses=1", old + "?share"])
        self.ask([*quiet, link.decode().strip()], "curl, a share link", b"for alice\n")
        _, link, _ = self.execute([*quiet, *user, "-d", "for=dropping", self.url + "?share"])
        self.ask([*code, "-F", f"file=@{netrc};filename=dropped", link.decode().strip()], "curl -F, a file dropped by a link",
                 b"201")
        self.check("curl -F, what was dropped", self.read("dropped") == netrc.read_bytes())

    def run_wget(self):
        base = ["wget", "-q", "-T", "20", "-t", "1", "-O", "-"]
        name = ["--user=alice", "--password=" + PASSWORD]
        self.ask([*base, *name, self.url + "old.txt"], "wget --user --password, by the challenge", b"for alice\n")
        self.ask([*base, "--auth-no-challenge", *name, self.url + "old.txt"], "wget --auth-no-challenge", b"for alice\n")
        jar = self.work / "wget-jar"
        self.execute([*base, "--max-redirect=0", f"--save-cookies={jar}", "--keep-session-cookies",
                      f"--post-data=name=alice&password={PASSWORD}&to=/", self.address + "/.godwit/sign-in"])
        self.ask([*base, f"--load-cookies={jar}", self.url + "old.txt"], "wget --load-cookies, after the form",
                 b"for alice\n")
        _, link, _ = self.execute(["curl", "-sS", "-u", "alice:" + PASSWORD, "-X", "POST", self.url + "old.txt?share"])
        self.ask([*base, link.decode().strip()], "wget, a share link", b"for alice\n")

    def run_rclone(self):
        (self.work / "rclone-signed.conf").write_text("")
        url = self.url.replace("//", f"//alice:{PASSWORD}@", 1)
        base = ["rclone", "--config", str(self.work / "rclone-signed.conf"), "--retries", "1", "--http-url"]
        self.ask([*base, url, "cat", ":http:old.txt"], "rclone cat, with the name in the address", b"for alice\n")
        status, out, complaint = self.execute([*base, url, "lsf", ":http:"])
        self.check("rclone lsf, the private folder", b"old.txt" in out.split(b"\n"), f"{status} {complaint[-200:]}")
        self.ask([*base, self.url, "--http-headers", f"Authorization,Bearer {self.token}", "cat", ":http:old.txt"],
                 "rclone cat, by a token", b"for alice\n")

    def run_requests(self):
        import requests
        old = self.url + "old.txt"
        name = ("alice", PASSWORD)
        self.check("requests, without a name: 401", requests.get(old, timeout=20).status_code == 401)
        self.check("requests, auth=", requests.get(old, auth=name, timeout=20).content == b"for alice\n")
        self.check("requests, a wrong password: 401", requests.get(old, auth=("alice", "x"), timeout=20).status_code == 401)
        stored = requests.put(self.url + "r.txt", data=b"x" * 100_000, auth=name, timeout=20)
        self.check("requests, put", stored.status_code == 201 and self.read("r.txt") == b"x" * 100_000)
        with requests.Session() as session:
            signed = session.post(self.address + "/.godwit/sign-in", timeout=20, allow_redirects=False,
                                  data={"name": "alice", "password": PASSWORD, "to": "/private/old.txt"})
            self.check("requests, the form of the sign-in page", signed.status_code == 303)
            self.check("requests, a session with the cookie", session.get(old, timeout=20).content == b"for alice\n")
            link = session.post(self.url + "?share", data={"for": "dropping"}, timeout=20).text.strip()
            self.check("requests, a link for adding files", "?share=" in link, link[:200])
            removed = session.delete(self.url + "r.txt", timeout=20)
            self.check("requests, delete with the cookie", removed.status_code == 204)
        dropped = requests.post(link, files={"file": ("by-requests", b"dropped")}, timeout=20)
        self.check("requests, files= by the link", dropped.status_code == 201 and self.read("by-requests") == b"dropped")

    def read(self, name):
        path = self.tree / "private" / name
        return path.read_bytes() if path.exists() else None


def run_signed_in(run, execute, godwit, work):
    server, token = serve(godwit, work)
    try:
        checks = SignedIn(run, execute, server, token, work)
        for program, check in (("curl", checks.run_curl), ("wget", checks.run_wget), ("rclone", checks.run_rclone)):
            if shutil.which(program):
                check()
            else:
                print(f"skip  {program} is not installed")
        try:
            checks.run_requests()
        except ImportError:
            print("skip  python's requests is not installed")
    finally:
        server.stop()
