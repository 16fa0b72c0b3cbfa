"""Clients that speak WebDAV, for scripts/client-runs: rclone reads a tree with difficult names, writes it to another
folder and compares both; litmus goes through what RFC 4918 asks for."""

import re
import shutil

import peers

# Its suite copymove wants folders that replace others, which godwit refuses.
LITMUS_SUITES = ("basic", "props", "locks", "http")


def run_rclone(run, execute, server, work):
    base = ["rclone", "--config", str(work / "rclone.conf"), "--retries", "1", "--low-level-retries", "1",
            "--webdav-url", f"http://127.0.0.1:{server.port}/"]
    (work / "rclone.conf").write_text("")
    folder = work / "dav-copy"
    folder.mkdir()
    status, _, complaint = execute([*base, "copy", ":webdav:tree", str(folder)])
    # It writes control bytes and what is no UTF-8 in another way on the disk, so the contents are compared.
    contents = {file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    wrong = [path for path, content in run.files.items() if content not in contents]
    run.say(f"rclone by WebDAV, copy: {len(run.files)} files, byte by byte",
            f"{len(wrong)} are missing, such as {wrong[0]!r}; {complaint[-300:]}" if wrong or status else "")
    small = work / "dav-small"
    small.mkdir()
    for name in ("plain.txt", "two words & more.txt", "grüße.txt"):
        (small / name).write_text(name)
    for command in ("sync", "check"):
        status, _, complaint = execute([*base, command, str(small), ":webdav:small"])
        run.say(f"rclone by WebDAV, {command}", complaint[-300:] if status else "")
    (small / "plain.txt").unlink()
    execute([*base, "sync", str(small), ":webdav:small"])
    status, out, complaint = execute([*base, "lsf", ":webdav:small"])
    run.say("rclone by WebDAV, sync again, with a file less", complaint[-300:] if b"plain" in out or status else "")


def run_litmus(run, execute, server, work):
    for suite in LITMUS_SUITES:
        _, out, complaint = execute(["env", "TESTS=" + suite, "litmus", "-k", f"http://127.0.0.1:{server.port}/"],
                                    cwd=work)  # its logs are written there
        summary = re.search(rb"of (\d+) tests run: (\d+) passed", out)
        holds = summary is not None and summary.group(1) == summary.group(2)
        run.say(f"litmus, {suite}", "" if holds else out.decode(errors="replace")[-600:] + complaint[-200:])


def run_dav(run, execute, godwit, work):
    """Adds to what `run` counts."""
    tree = work / "dav-tree"
    tree.mkdir()
    shutil.copytree(work / "tree", tree / "tree")
    server = peers.start("godwit", tree, work, godwit=godwit, writing=True, options=("--dav",))
    try:
        if shutil.which("rclone"):
            run_rclone(run, execute, server, work)
        if shutil.which("litmus"):
            run_litmus(run, execute, server, work)
        else:
            print("skip  litmus is not installed")
    finally:
        server.stop()
