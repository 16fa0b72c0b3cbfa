"""Starts godwit, nginx, lighttpd, h2o and the floor (floor.c) on loopback for scripts/bench and scripts/conformance, and
stops what it started."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

NGINX = """
worker_processes 1;
worker_rlimit_nofile 20000;
daemon off;
pid {work}/nginx.pid;
error_log {work}/nginx-error.log crit;
events {{ worker_connections 12000; }}
http {{
    types {{ text/html html; text/plain txt; text/css css; image/svg+xml svg; application/octet-stream bin; }}
    default_type application/octet-stream;
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    gzip on;
    gzip_types text/plain text/css image/svg+xml;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {site};
        index index.html;
        client_max_body_size 0;
        location / {{ {writing} }}
    }}
}}
"""

NGINX_WRITING = "dav_methods PUT DELETE; create_full_put_path on;"

LIGHTTPD = """
server.modules = ( "mod_deflate" {writing_module} )
server.document-root = "{site}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{work}/lighttpd-error.log"
server.upload-dirs = ( "{work}" )
server.max-fds = 24000
server.max-connections = 12000
server.listen-backlog = 4096
server.max-keep-alive-requests = 65535
server.max-keep-alive-idle = 75
index-file.names = ( "index.html" )
mimetype.assign = ( ".html" => "text/html", ".txt" => "text/plain", ".css" => "text/css", ".svg" => "image/svg+xml",
                    "" => "application/octet-stream" )
deflate.mimetypes = ( "text/html", "text/plain", "text/css" )
deflate.allowed-encodings = ( "gzip", "deflate" )
deflate.cache-dir = "{work}/deflate"
{writing}
"""

H2O = """
num-threads: 1
error-log: {work}/h2o-error.log
pid-file: {work}/h2o.pid
listen: {{ host: 127.0.0.1, port: {port} }}
gzip: ON
file.index: [ "index.html" ]
hosts:
  default:
    paths:
      /: {{ file.dir: {site} }}
"""

INSTALL = {"nginx": "apt-get install nginx-light (or nginx)", "lighttpd": "apt-get install lighttpd lighttpd-mod-webdav",
           "h2o": "apt-get install h2o", "floor": "it needs a C compiler"}
FLOOR_BYTES = 1024


def find_program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=10):
    """True once something listens on the port; False when the process ended or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


class Server:
    """One running server; `workers()` are the processes that answer."""

    def __init__(self, name, command, port, work):
        self.name = name
        self.port = port
        self.log = open(work / f"{name}.out", "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=work)
        if not wait_for(port, self.process):
            self.stop()
            raise RuntimeError(f"{name} did not start: " + (work / f"{name}.out").read_text(errors="replace")[-500:])

    def workers(self):
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children] if self.name == "nginx" and children else [pid]

    def cpu_seconds(self):
        """User and system time of the workers, all threads."""
        ticks = 0
        for pid in self.workers():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_kib(self, key="VmRSS"):
        total = 0
        for pid in self.workers():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(key + ":"):
                    total += int(line.split()[1])
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def start_floor(port, work, prefix):
    compiler = shutil.which("cc")
    if not compiler:
        return None
    source = pathlib.Path(__file__).resolve().parent / "floor.c"
    subprocess.run([compiler, "-O2", "-o", work / "floor", source], check=True)
    return Server("floor", [*prefix, str(work / "floor"), str(port), str(FLOOR_BYTES)], port, work)


def start(name, site, work, writing=False, prefix=(), godwit=None, options=()):
    """Starts godwit, a peer over `site`, or the floor; None when it is not installed. `prefix` goes before the command
    (taskset); `options` go to godwit alone."""
    port = free_port()
    if name == "godwit":
        binary = godwit or str(ROOT / "build" / "godwit")
        command = [binary, "--port", str(port), *options, *(["--allow-all"] if writing else []), str(site)]
        return Server(name, [*prefix, *command], port, work)
    if name == "floor":
        return start_floor(port, work, prefix)
    binary = find_program(name)
    if not binary:
        return None
    own = work / name
    own.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        own.chmod(0o777)
    if name == "nginx":
        text = NGINX.format(work=own, site=site, port=port, writing=NGINX_WRITING if writing else "")
        if os.geteuid() == 0:
            text = "user root;\n" + text  # the site is in a private temporary directory
        command = [binary, "-p", str(own), "-c", str(own / "nginx.conf"), "-e", str(own / "nginx-error.log")]
    elif name == "h2o":
        text = H2O.format(work=own, site=site, port=port)
        if os.geteuid() == 0:
            text = "user: root\n" + text
        command = [binary, "-c", str(own / "h2o.conf")]
    else:
        (own / "deflate").mkdir(exist_ok=True)
        text = LIGHTTPD.format(work=own, site=site, port=port, writing_module=', "mod_webdav"' if writing else "",
                               writing='webdav.activate = "enable"\n' if writing else "")
        command = [binary, "-D", "-f", str(own / "lighttpd.conf")]
    (own / f"{name}.conf").write_text(text)
    return Server(name, [*prefix, *command], port, work)
