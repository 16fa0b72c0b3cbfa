"""The jobs of scripts/bench-stalls: what other clients do while one asks for a small file. Each job prepares its files
and then runs against a port until it is done or `seconds` have passed."""

import os
import pathlib
import random
import socket
import struct
import time

MIB = 1 << 20
# All sizes at --size 1; a job names those it needs.
TEXT_MIB = 200
FILE_MIB = 1024
ENTRIES = 200_000
RECORDS = 100_000


def connect(port, receive_bytes=None):
    client = socket.socket()
    if receive_bytes:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    client.settimeout(60)
    client.connect(("127.0.0.1", port))
    return client


def head(path, *fields, method="GET", host="localhost"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *fields, "", ""]).encode()


def read_until(client, until):
    """Reads what comes until the other side ends or the time is over."""
    try:
        while time.monotonic() < until and client.recv(1 << 18):
            pass
    except OSError:
        pass


def ask(port, path, *fields, until, method="GET"):
    with connect(port) as client:
        client.sendall(head(path, *fields, "Connection: close", method=method))
        read_until(client, until)


def ask_together(port, requests, until):
    """Sends each of `requests` on a connection of its own and reads all the answers."""
    clients = []
    for request in requests:
        client = connect(port)
        client.sendall(request)
        client.setblocking(False)
        clients.append(client)
    while clients and time.monotonic() < until:
        left = []
        for client in clients:
            try:
                if client.recv(1 << 16):
                    left.append(client)
            except BlockingIOError:
                left.append(client)
            except OSError:
                pass
        clients = left
        time.sleep(0.0005)
    for client in clients:
        client.close()


def text(size):
    source = random.Random(7)
    words = ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(3, 9))) for _ in range(4000)]
    line = " ".join(source.choices(words, k=40_000)).encode()
    return (line * (size // len(line) + 1))[:size]


def write_file(path, mib, block=None):
    block = block or os.urandom(MIB)
    with open(path, "wb") as out:
        for _ in range(mib):
            out.write(block)


def forget(path):
    """The kernel forgets the pages of a file: the next reader waits for the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def put_head(path, length):
    return head(path, f"Content-Length: {length}", method="PUT")


def send_mib(client, mib):
    block = os.urandom(MIB)
    for _ in range(mib):
        client.sendall(block)


class Job:
    """name: what --only takes. prepare(site, size): makes the files. run(port, site, size, until): the work."""

    def __init__(self, name, title, prepare, run, options=()):
        self.name = name
        self.title = title
        self.prepare = prepare
        self.run = run
        self.options = options


def nothing(*_):
    pass


def scaled(amount, size):
    return max(1, int(amount * size))


def prepare_text(site, size):
    (site / "long.txt").write_bytes(text(scaled(TEXT_MIB, size) * MIB))


def first_compression(port, _site, _size, until):
    ask(port, "/long.txt", "Accept-Encoding: gzip", until=until)


def prepare_texts(site, size):
    content = text(scaled(60, size) * MIB)
    for number in range(10):
        (site / f"text-{number}.txt").write_bytes(content)


def many_first_compressions(port, _site, _size, until):
    requests = [head(f"/text-{n % 10}.txt", "Accept-Encoding: gzip", "Connection: close") for n in range(100)]
    ask_together(port, requests, until)


def prepare_cold(site, size):
    write_file(site / "big.bin", scaled(FILE_MIB, size))


def read_cold(clients):
    def run(port, site, _size, until):
        forget(site / "big.bin")
        ask_together(port, [head("/big.bin", "Connection: close")] * clients, until)

    return run


def digest_of_cold(port, site, _size, until):
    forget(site / "big.bin")
    ask(port, "/big.bin", "Want-Repr-Digest: sha-256=1", until=until, method="HEAD")


def digests_for_nobody(port, _site, _size, until):
    while time.monotonic() < until:
        client = connect(port)
        client.sendall(head("/big.bin", "Want-Repr-Digest: sha-256=1", method="HEAD"))
        client.close()
        time.sleep(0.02)


def uploads(port, _site, size, until):
    """Fifty at once, each replacing its file again and again."""
    mib = scaled(10, size)
    clients = [connect(port) for _ in range(50)]
    block = os.urandom(MIB)
    while time.monotonic() < until:
        for number, client in enumerate(clients):
            client.sendall(put_head(f"/up-{number}.bin", mib * MIB) + block)
        for _ in range(mib - 1):
            for client in clients:
                client.sendall(block)
        for client in clients:
            client.recv(4096)


def aborted_upload(port, _site, size, until):
    mib = scaled(FILE_MIB, size)
    client = connect(port)
    client.sendall(put_head("/aborted.bin", 2 * mib * MIB))
    send_mib(client, mib)
    client.close()
    time.sleep(max(0, min(3, until - time.monotonic())))


def long_upload(port, _site, size, until):
    mib = scaled(FILE_MIB, size)
    with connect(port) as client:
        client.sendall(put_head("/whole.bin", mib * MIB))
        send_mib(client, mib)
        client.recv(4096)
    time.sleep(max(0, min(1, until - time.monotonic())))


def delete_large(port, site, size, until):
    write_file(site / "doomed.bin", scaled(2 * FILE_MIB, size))
    ask(port, "/doomed.bin", until=until, method="DELETE")
    time.sleep(max(0, min(2, until - time.monotonic())))


def one_byte_chunks(port, _site, _size, until):
    with connect(port) as client:
        client.sendall(head("/chunks.bin", "Transfer-Encoding: chunked", method="PUT"))
        chunks = b"1\r\nx\r\n" * 10_000
        while time.monotonic() < until:
            client.sendall(chunks)


def deep_uploads(port, _site, _size, until):
    path = "/" + "d/" * 60
    for number in range(100_000):
        if time.monotonic() >= until:
            return
        with connect(port) as client:
            client.sendall(put_head(f"{path}{number % 8}/file", 1) + b"x")
            client.recv(4096)


def prepare_entries(site, size):
    folder = site / "many"
    folder.mkdir()
    for number in range(scaled(ENTRIES, size)):
        if number % 50_000 == 0:
            first = folder / f"entry-{number:07d}.txt"
            first.write_text("x")
        else:
            os.link(first, folder / f"entry-{number:07d}.txt")


def listing(clients, target, *fields):
    def run(port, _site, _size, until):
        ask_together(port, [head(target, *fields, "Connection: close")] * clients, until)

    return run


def prepare_records(site, size):
    """As the server itself writes them: asked for once, so that they are in its own form."""
    lines = "".join(f"id={n}&name=n{n}&comment=some+words+of+a+visitor+{n}\n" for n in range(1, scaled(RECORDS, size)))
    pathlib.Path(site / "database.txt").write_text(lines)


def records_as_csv(port, _site, _size, until):
    while time.monotonic() < until:
        ask(port, "/database.txt?format=csv", until=until)


def change_records(port, _site, _size, until):
    for _ in range(10):
        if time.monotonic() >= until:
            return
        body = b"name=new&comment=one+more"
        with connect(port) as client:
            fields = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            client.sendall(head("/database.txt", *fields, "Connection: close", method="POST") + body)
            read_until(client, until)


def slow_readers_of_records(port, _site, _size, until):
    clients = []
    for _ in range(300):
        client = connect(port, 4096)
        client.sendall(head("/database.txt", "Accept: text/html"))
        clients.append(client)
    while time.monotonic() < until:
        for client in clients:
            client.recv(64)
        time.sleep(0.1)


def ranges(port, _site, _size, until):
    wanted = ", ".join(f"{n * 1000}-{n * 1000 + 99}" for n in range(100))
    ask_together(port, [head("/big.bin", f"Range: bytes={wanted}", "Connection: close")] * 500, until)


def pipelined(path, clients, depth, method):
    def run(port, _site, _size, until):
        batch = head(path, method=method) * depth
        sockets = [connect(port) for _ in range(clients)]
        for client in sockets:
            client.setblocking(False)
        while time.monotonic() < until:
            for client in sockets:
                try:
                    client.send(batch)
                    client.recv(1 << 18)
                except BlockingIOError:
                    pass
                except OSError:
                    return
            time.sleep(0.0005)

    return run


def resets(port, _site, _size, until):
    """Connections that end by a reset in the middle of their answer."""
    while time.monotonic() < until:
        client = connect(port, 4096)
        client.sendall(head("/big.bin"))
        client.recv(64)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()


JOBS = [
    Job("gzip", "first compression of a text of 200 MB", prepare_text, first_compression),
    Job("gzip-100", "100 clients, each the first gzip of one of ten texts of 60 MB", prepare_texts,
        many_first_compressions),
    Job("cold", "a cold file of 1 GB, one client", prepare_cold, read_cold(1)),
    Job("cold-10", "the same, ten clients", prepare_cold, read_cold(10)),
    Job("digest", "digest of a cold file of 1 GB", prepare_cold, digest_of_cold),
    Job("digests-gone", "digests asked by clients that are gone", prepare_cold, digests_for_nobody),
    Job("uploads", "fifty durable uploads of 10 MB, replacing", nothing, uploads),
    Job("upload-cut", "an aborted upload of 1 GB", nothing, aborted_upload),
    Job("upload-long", "an upload of 1 GB, and its end", nothing, long_upload),
    Job("delete", "deletion of a file of 2 GB in the page cache", nothing, delete_large),
    Job("chunks", "an upload in chunks of one byte", nothing, one_byte_chunks),
    Job("deep", "uploads below 60 nested directories", nothing, deep_uploads),
    Job("list-json", "200,000 entries as JSON", prepare_entries, listing(1, "/many/?format=json")),
    Job("list-gzip", "200,000 entries as gzipped text", prepare_entries,
        listing(1, "/many/?format=text", "Accept-Encoding: gzip")),
    Job("list-8", "200,000 entries as JSON, eight clients", prepare_entries, listing(8, "/many/?format=json")),
    Job("list-300", "the same, 300 clients", prepare_entries, listing(300, "/many/?format=json")),
    Job("csv", "100,000 records as CSV, again and again", prepare_records, records_as_csv),
    Job("records", "ten changes of 100,000 records", prepare_records, change_records),
    Job("records-slow", "300 slow readers of the records' page", prepare_records, slow_readers_of_records),
    Job("ranges", "500 clients, 100 ranges each", prepare_cold, ranges),
    Job("heads", "10 connections, 64 pipelined HEADs of a text that is not yet compressed", prepare_text,
        pipelined("/long.txt", 10, 64, "HEAD")),
    Job("missing", "300 connections that pipeline 404s", nothing, pipelined("/none", 300, 64, "GET")),
    Job("resets", "downloads that are reset, one after the other", prepare_cold, resets),
]
