#!/usr/bin/env python3
"""python's h2 as a strict client, as scripts/client-runs uses it: whatever the server sends against RFC 9113 ends it.

Prints "ok NAME" or "FAIL NAME: WHY" for each check. Arguments: the port on 127.0.0.1, the file of the certificate that
it trusts, and that of large.bin.
"""

import base64
import hashlib
import pathlib
import socket
import ssl
import sys

import h2.config
import h2.connection
import h2.events

WINDOW = 1 << 20


class Client:
    """One connection; its requests follow each other."""

    def __init__(self, port, certificate):
        context = ssl.create_default_context(cafile=certificate)
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", port), 30), server_hostname="127.0.0.1")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.authority = f"127.0.0.1:{port}"
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.connection.initiate_connection()
        self.connection.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: WINDOW})
        self.connection.increment_flow_control_window(WINDOW)
        self.flush()

    def flush(self):
        self.socket.sendall(self.connection.data_to_send())

    def ask(self, method, path, fields=(), body=None, trailers=None):
        """(status, {field: value}, content)"""
        head = [(":method", method), (":scheme", "https"), (":authority", self.authority), (":path", path), *fields]
        stream = self.connection.get_next_available_stream_id()
        self.connection.send_headers(stream, head, end_stream=body is None)
        rest = memoryview(body or b"")
        is_sent = body is None
        answer, content = {}, bytearray()
        while True:
            while not is_sent:
                room = min(self.connection.local_flow_control_window(stream), self.connection.max_outbound_frame_size)
                if room == 0 and len(rest) > 0:
                    break
                part, rest = rest[:room], rest[room:]
                is_sent = len(rest) == 0
                self.connection.send_data(stream, part.tobytes(), end_stream=is_sent and trailers is None)
                if is_sent and trailers is not None:
                    self.connection.send_headers(stream, trailers, end_stream=True)
            self.flush()
            received = self.socket.recv(65536)
            if not received:
                raise EOFError("the server closed the connection")
            for event in self.connection.receive_data(received):
                if isinstance(event, h2.events.ResponseReceived):
                    answer = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    content += event.data
                    self.connection.acknowledge_received_data(event.flow_controlled_length, stream)
                elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                    raise EOFError(f"the server ended it with error {event.error_code}")
                elif isinstance(event, h2.events.StreamEnded):
                    self.flush()
                    return int(answer[":status"]), answer, bytes(content)

    def close(self):
        self.connection.close_connection()
        self.flush()
        # The server answers with close_notify, or this raises.
        self.socket.unwrap()


def digest(content):
    return "sha-256=:" + base64.b64encode(hashlib.sha256(content).digest()).decode() + ":"


def main():
    port, certificate, large = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]).read_bytes()
    client = Client(port, certificate)

    def check(name, is_right):
        print(f"ok {name}" if is_right else f"FAIL {name}: another answer", flush=True)

    status, fields, content = client.ask("HEAD", "/large.bin")
    check("HEAD", (status, fields["content-length"], content) == (200, str(len(large)), b""))
    status, _, content = client.ask("GET", "/large.bin")
    check("large download", (status, content) == (200, large))
    status, _, content = client.ask("GET", "/large.bin", [("range", "bytes=5-1004")])
    check("a range", (status, content) == (206, large[5:1005]))
    status, _, _ = client.ask("PUT", "/strict.bin", [("content-length", str(len(large)))], large)
    check("large upload", status == 201 and client.ask("GET", "/strict.bin")[2] == large)
    for name, stated, wanted in (("its", b"trailed", {201}), ("another", b"other", {400, 409, 422})):
        status, _, content = client.ask("PUT", f"/{name}.txt", [("trailer", "repr-digest")], b"trailed",
                                        [("repr-digest", digest(stated))])
        check(f"PUT with {name} digest in a trailer", status in wanted)
    client.close()
    check("the end, with close_notify", True)


main()
