"""The upload scenarios of scripts/bench: PUT beside nginx dav and lighttpd webdav, what durability costs beside the same
calls made by hand, the latency of a small GET while others upload, and memory under thousands of uploads."""

import contextlib
import os
import socket
import statistics
import subprocess
import threading
import time

import peers

NAMES = 64  # written again and again: most uploads replace a file
CLIENTS = 16
UPLOADERS = 50
SIZES = {"put-4k": 4 * 1024, "put-1m": 1024 * 1024}
EXTRA = {"put-4k": "PUT of 4 KiB, not durable, and durable beside fsync by hand",
         "put-1m": "PUT of 1 MiB, the same",
         "put-get": f"p99 of a small GET, quiet and while {UPLOADERS} clients upload durably"}

# The peers that take a PUT.
WRITING_PEERS = ("nginx", "lighttpd")

PUT_SCRIPT = """
local requests, at = {{}}, 0
init = function(args)
    local body = string.rep("u", {size})
    for i = 0, {names} - 1 do requests[i] = wrk.format("PUT", "/up-" .. i .. ".bin", nil, body) end
end
request = function()
    at = (at + 1) % {names}
    return requests[at]
end
"""


def start(name, label, work, prefix, godwit, options=()):
    """A server with a site of its own; None when it is not installed."""
    own = work / label
    site = own / "site"
    site.mkdir(parents=True)
    os.chmod(own, 0o777)
    os.chmod(site, 0o777)
    (site / "small.bin").write_bytes(b"s" * 1024)
    server = peers.start(name, site, own, writing=True, prefix=prefix, godwit=godwit, options=options)
    if server:
        server.name = label
        server.site = site
    return server


def spread_sites(folder):
    """Sites below `folder` get parts of the disk of their own. ext4 looks at every file that was removed in the last
    minute near a new one: after some thousand replaced files the next run would begin with creations of a millisecond."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["chattr", "+T", str(folder)], stderr=subprocess.DEVNULL, check=False)


def wrk_put(server, size, seconds, work, pin, clients):
    """(requests/s, CPU us/request, answers that were no 2xx)"""
    script = work / f"put-{size}.lua"
    script.write_text(PUT_SCRIPT.format(size=size, names=NAMES))
    command = [*pin, "wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script),
               f"http://127.0.0.1:{server.port}/"]
    before = server.cpu_seconds()
    text = subprocess.run(command, capture_output=True, text=True, timeout=seconds * 3 + 60, check=True).stdout
    cpu = server.cpu_seconds() - before
    rate, count, errors = 0.0, 0, 0
    for line in text.splitlines():
        words = line.split()
        if line.startswith("Requests/sec:"):
            rate = float(words[1])
        elif " requests in " in line:
            count = int(words[0])
        elif "Non-2xx" in line:
            errors += int(words[-1])
        elif "Socket errors" in line:
            errors += sum(int(word.rstrip(",")) for word in words if word.rstrip(",").isdigit())
    return rate, cpu * 1e6 / count if count else 0.0, errors


def write_by_hand(folder, directory, data, name, way):
    """Makes one file durable: `way` is "fsync", as dd conv=fsync does, or "rename", which also keeps the old file until
    the new one is there, as a server has to. `directory` is `folder`, open."""
    final = f"{folder}/{name}"
    path = final if way == "fsync" else f"{final}.part"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(file, data)
    os.fsync(file)
    os.close(file)
    if way == "rename":
        os.rename(path, final)
        os.fsync(directory)


def writers_by_hand(folder, data, seconds, writers, way):
    """Files a second of several at once; threads suffice, since they wait for the disk."""
    folder.mkdir(exist_ok=True)
    rates = [0.0] * writers

    def one(i):
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        begun, count = time.monotonic(), 0
        while time.monotonic() - begun < seconds:
            write_by_hand(folder, directory, data, f"w{i}-{count % NAMES}", way)
            count += 1
        rates[i] = count / (time.monotonic() - begun)
        os.close(directory)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(rates)


def one_writer(server, folder, data, seconds):
    """Milliseconds that one file takes, all from one writer: {"godwit": [...], "fsync": [...], "rename": [...]}. They
    take turns, so that whatever else the disk does meets all alike."""
    folder.mkdir(exist_ok=True)
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    times = {"godwit": [], "fsync": [], "rename": []}
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def put(name):
            head = f"PUT /one-{name} HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(data)}\r\n\r\n"
            connection.sendall(head.encode() + data)
            answer = connection.recv(65536)
            if not answer.startswith(b"HTTP/1.1 2"):
                raise RuntimeError(f"godwit answered {answer[:60]}")

        end = time.monotonic() + seconds
        count = 0
        while time.monotonic() < end:
            name = str(count % NAMES)
            for way, took in times.items():
                begun = time.perf_counter()
                if way == "godwit":
                    put(name)
                else:
                    write_by_hand(folder, directory, data, f"{way}-{name}", way)
                took.append((time.perf_counter() - begun) * 1000)
            count += 1
    os.close(directory)
    return times


def run_put(name, options, work, server_pin, client_pin):
    """PUT of one size: not durable beside the peers, durable beside the calls by hand. Returns godwit's errors."""
    size = SIZES[name]
    own = work / name
    spread_sites(own)
    servers = [start("godwit", "godwit", own, server_pin, options.godwit, ("--durability", "none"))]
    if options.before:
        servers.append(start("godwit", "before", own, server_pin, options.before, ("--durability", "none")))
    servers += [start(peer, peer, own, server_pin, None) for peer in options.peers if peer in WRITING_PEERS]
    servers = [server for server in servers if server]
    durable = start("godwit", "godwit-full", own, server_pin, options.godwit)
    results = {server.name: [] for server in servers}
    errors_of_godwit = 0
    alone, full = {"godwit": [], "fsync": [], "rename": []}, {"godwit": [], "fsync": [], "rename": []}
    try:
        for _ in range(options.rounds):
            for server in servers:
                results[server.name].append(wrk_put(server, size, options.seconds, own, client_pin, CLIENTS))
        data = b"h" * size
        for _ in range(options.rounds):
            for way, times in one_writer(durable, own / "hand", data, 3 * options.seconds).items():
                alone[way] += times
            rate, _, errors = wrk_put(durable, size, options.seconds, own, client_pin, CLIENTS)
            full["godwit"].append(rate)
            errors_of_godwit += errors
            for way in ("fsync", "rename"):
                full[way].append(writers_by_hand(own / "hand", data, options.seconds, CLIENTS, way))
    finally:
        for server in [*servers, durable]:
            server.stop()
    print_put(name, servers, results, alone, full)
    return errors_of_godwit + sum(result[2] for result in results["godwit"])


def print_put(name, servers, results, alone, full):
    median = lambda values: statistics.median(values)
    print(f"\nPUT of {SIZES[name] >> 10} KiB, {CLIENTS} connections, not durable  [{name}]")
    print(f"  {'':10} {'requests/s':>12} {'CPU us/req':>11} {'errors':>7}")
    for server in servers:
        own = results[server.name]
        print(f"  {server.name:10} {median([r[0] for r in own]):12,.0f} {median([r[1] for r in own]):11.1f} "
              f"{sum(r[2] for r in own):7}")
    ours = results["godwit"]
    for server in servers[1:]:
        # Of one round each: a machine that slows down slows both.
        ratios = [a[0] / b[0] for a, b in zip(ours, results[server.name]) if b[0]]
        if ratios:
            print(f"  godwit/{server.name}: {median(ratios):.2f} times the requests/s")
    once = {way: median(times) for way, times in alone.items()}
    print(f"  durable, one at a time: godwit {once['godwit']:.2f} ms; by hand: write and fsync {once['fsync']:.2f} ms, "
          f"with rename and fsync of the directory {once['rename']:.2f} ms")
    print(f"    godwit takes {once['godwit'] / once['fsync']:.2f} times as long as write and fsync, "
          f"{once['godwit'] / once['rename']:.2f} times as long as all of it")
    print(f"  durable, {CLIENTS} at once: godwit {median(full['godwit']):,.0f} files/s; by hand: write and fsync "
          f"{median(full['fsync']):,.0f}, with rename and fsync of the directory {median(full['rename']):,.0f}")
    ratios = {way: median([hand / own for hand, own in zip(full[way], full["godwit"]) if own]) for way in full}
    print(f"    godwit takes {ratios['fsync']:.2f} times as long as write and fsync, {ratios['rename']:.2f} times as "
          f"long as all of it")


@contextlib.contextmanager
def first_in_line():
    """While it is held, this thread runs before whoever else wants its core, where that is allowed; gives whether it is.
    Otherwise a client measures its own waiting for a core, too."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        os.sched_setscheduler(0, *before)


def get_times(port, seconds, pause=0.002):
    """Latencies in ms of GETs of a small file, one after the other with pauses, over one connection."""
    request = b"GET /small.bin HTTP/1.1\r\nHost: bench\r\n\r\n"
    times = []
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.perf_counter()
            connection.sendall(request)
            got = b""
            while b"\r\n\r\n" not in got or len(got) - got.index(b"\r\n\r\n") - 4 < 1024:
                block = connection.recv(65536)
                if not block:
                    raise ConnectionError("the server closed the connection")
                got += block
            times.append((time.perf_counter() - begun) * 1000)
            time.sleep(pause)
    return times


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def quiet_and_busy(server, size, options, script, client_pin):
    """p99 in ms while nobody else asks, and beside uploads; uploads a second; whether one failed; whether the client
    went first."""
    script.write_text(PUT_SCRIPT.format(size=size, names=NAMES))
    with first_in_line() as first:
        quiet = percentile(get_times(server.port, options.seconds), 0.99)
    load = subprocess.Popen([*client_pin, "wrk", "-t1", f"-c{UPLOADERS}", f"-d{options.seconds + 2}s", "--timeout", "30s",
                             "-s", str(script), f"http://127.0.0.1:{server.port}/"], stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    with first_in_line():
        busy = percentile(get_times(server.port, options.seconds), 0.99)
    text = load.communicate(timeout=120)[0]
    rate = next((float(line.split()[1]) for line in text.splitlines() if line.startswith("Requests/sec")), 0.0)
    return quiet, busy, rate, "Non-2xx" in text, first


def run_get_beside_uploads(options, work, server_pin, client_pin):
    """The server may use the clients' core, too: the kernel's workers that wait for the disk for it run where it may,
    and on a single core would stand before it in line."""
    any_core = ["taskset", "-c", f"{server_pin[-1]},{client_pin[-1]}"] if server_pin else []
    print(f"\n{EXTRA['put-get']}; the server is free to use any core  [put-get]")
    own = work / "put-get"
    spread_sites(own)
    failures = 0
    for size in SIZES.values():
        results = []
        for i in range(options.rounds):
            server = start("godwit", f"{size}-{i}", own, any_core, options.godwit)
            try:
                results.append(quiet_and_busy(server, size, options, own / "load.lua", client_pin))
            finally:
                server.stop()
        quiet, busy, rates, errors, first = zip(*results)
        failures += sum(errors)
        ratios = [each / still for still, each in zip(quiet, busy)]
        print(f"  {size >> 10:5} KiB: quiet {statistics.median(quiet):.2f} ms, beside {UPLOADERS} uploading "
              f"({statistics.median(rates):,.0f} files/s) {statistics.median(busy):.2f} ms: "
              f"{statistics.median(ratios):.2f} times")
        if not all(first):
            print("         real-time priority was refused to the asking client: waits for a core are in its figures")
    return failures


def run(options, wanted, work, server_pin, client_pin):
    """All of them that are wanted; the number of errors that godwit had."""
    failures = 0
    for name in SIZES:
        if wanted(name):
            failures += run_put(name, options, work, server_pin, client_pin)
    if wanted("put-get"):
        failures += run_get_beside_uploads(options, work, server_pin, client_pin)
    return failures
