"""Clients that speak WebDAV, for scripts/client-runs: rclone reads a tree with difficult names, writes it to another
folder and compares both, and keeps two folders alike in both directions; cadaver does what a person would; davfs2
mounts the site, where that may be done; litmus goes through what RFC 4918 asks for."""

import filecmp
import os
import pathlib
import re
import shutil

import peers

# How many tests each suite of litmus 0.13 has; all pass, and none warns.
LITMUS_SUITES = {"basic": 16, "copymove": 13, "props": 30, "locks": 41, "http": 4}


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


    # It wants times to be kept, which it believes of this kind of server only.
    base += ["--webdav-vendor", "owncloud", "bisync", "--workdir", str(work / "bisync"), str(small), ":webdav:small"]
    execute([*base, "--resync"])
    (small / "here.txt").write_text("here")
    (work / "dav-tree" / "small" / "there.txt").write_text("there")
    status, _, complaint = execute(base)
    same = filecmp.dircmp(small, work / "dav-tree" / "small")
    alike = not (same.left_only or same.right_only or same.diff_files) and len(same.common_files) == 4
    run.say("rclone by WebDAV, bisync", complaint[-300:] or "the folders differ" if status or not alike else "")


# The second copy and the second move take the place of what is there.
CADAVER = """mkcol first
cd first
put {file} a.txt
lock a.txt
put {file} a.txt
unlock a.txt
propset a.txt mood good
copy a.txt b.txt
copy a.txt b.txt
cd ..
copy first/ second/
copy first/ second/
mkcol third
move second/ third
propget third/b.txt mood
get third/b.txt {got}
delete first/a.txt
rmcol first
quit
"""


def run_cadaver(run, execute, server, work):
    sent, got, commands = work / "cadaver.txt", work / "cadaver.got", work / "cadaver.commands"
    sent.write_text("by cadaver")
    commands.write_text(CADAVER.format(file=sent, got=got))
    _, out, complaint = execute(["sh", "-c", f"cadaver http://127.0.0.1:{server.port}/ <'{commands}'"],
                                env={**os.environ, "HOME": str(work)})
    tree = work / "dav-tree"
    is_done = got.exists() and got.read_text() == "by cadaver" and b"failed" not in out and b"good" in out
    is_done = is_done and not (tree / "first").exists() and sorted(os.listdir(tree / "third")) == ["a.txt", "b.txt"]
    run.say("cadaver: locks, properties, copies and moves of folders", "" if is_done else
            out.decode(errors="replace")[-600:] + complaint[-200:])


def run_davfs(run, execute, server, work):
    """Copies files into a mount, each of them locked, and compares what is there when it is unmounted."""
    mount, config = work / "davfs", work / "davfs.conf"
    mount.mkdir()
    config.write_text("use_locks 1\nask_auth 0\ndelay_upload 0\n")
    status, _, complaint = execute(["mount", "-t", "davfs", "-o", f"conf={config},uid=0,gid=0",
                                    f"http://127.0.0.1:{server.port}/", str(mount)])
    if status:
        print(f"skip  davfs2 cannot mount here: {complaint[-200:]}")
        return
    source = work / "davfs-source"
    for number in range(100):
        folder = source / f"d{number % 7}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"f {number} ü").write_bytes(os.urandom(number * 397))
    try:
        status, _, complaint = execute(["cp", "-r", str(source), str(mount / "copied")])
    finally:
        _, _, unmounted = execute(["umount", str(mount)])
    status_of_diff, out, _ = execute(["diff", "-r", str(source), str(work / "dav-tree" / "copied")])
    run.say("davfs2: 100 files copied into a mount, byte by byte",
            complaint[-300:] + unmounted[-200:] + out.decode(errors="replace")[-300:] if status or status_of_diff
            else "")


def run_litmus(run, execute, server, work):
    for suite, tests in LITMUS_SUITES.items():
        _, out, complaint = execute(["env", "TESTS=" + suite, "litmus", "-k", f"http://127.0.0.1:{server.port}/"],
                                    cwd=work)  # its logs are written there
        summary = re.search(rb"of (\d+) tests run: (\d+) passed", out)
        holds = summary is not None and summary.group(1) == summary.group(2) and b"WARNING" not in out
        run.say(f"litmus, {suite}: {tests} tests without a warning",
                "" if holds and int(summary.group(1)) == tests
                else out.decode(errors="replace")[-600:] + complaint[-200:])


def run_dav(run, execute, godwit, work):
    """Adds to what `run` counts."""
    tree = work / "dav-tree"
    tree.mkdir()
    shutil.copytree(work / "tree", tree / "tree")
    server = peers.start("godwit", tree, work, godwit=godwit, writing=True, options=("--dav",))
    try:
        if shutil.which("rclone"):
            run_rclone(run, execute, server, work)
        if shutil.which("cadaver"):
            run_cadaver(run, execute, server, work)
        else:
            print("skip  cadaver is not installed")
        if shutil.which("mount.davfs") and os.geteuid() == 0 and pathlib.Path("/dev/fuse").exists():
            run_davfs(run, execute, server, work)
        else:
            print("skip  davfs2 is not installed, or this is not root")
        if shutil.which("litmus"):
            run_litmus(run, execute, server, work)
        else:
            print("skip  litmus is not installed")
    finally:
        server.stop()
