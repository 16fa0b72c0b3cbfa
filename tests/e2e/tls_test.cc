// HTTPS with the programs that people use: curl and openssl's s_client.
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>

#include "e2e/tls_site.h"

using e2e::tls_is_missing;
using e2e::TlsSite;
using support::run_command;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

}  // namespace

TEST_CASE("tls: one server answers over TLS and without, whatever the version", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    CHECK(tls.curl("/hello.txt", {"--tls-max", "1.2"}).output == "hello, world\n");
    CHECK(tls.curl("/hello.txt", {"--tlsv1.3"}).output == "hello, world\n");
    CHECK(tls.curl("/hello.txt", {"-I", "--http1.1"}).output.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(support::fetch(tls.plain_port(), "GET", "/hello.txt").body == "hello, world\n");
    // A client that trusts nobody leaves, and is counted.
    CHECK(run_command({"curl", "-sS", "--max-time", "10", tls.url("/hello.txt")}).status == 60);
    CHECK(tls.counts("tls_failed_refused_by_peer=1"));
}

TEST_CASE("tls: files come and go byte for byte, with HTTP/1.1 and with HTTP/2", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    const std::string version = GENERATE(std::string("--http1.1"), std::string("--http2"));
    const support::TempDir local;
    const std::string body = support::noise(9'000'000, 5);
    local.write("file", body);
    CHECK(tls.curl("/up", {version, "-T", local.at("file"), "-w", "%{http_code}"}).output == "201");
    CHECK((tls.site.files.read("up") == body));
    CHECK(tls.curl("/up", {version, "-o", local.at("back")}).status == 0);
    CHECK((local.read("back") == body));
    CHECK(tls.curl("/up", {version, "-r", "1000000-1000009"}).output == body.substr(1'000'000, 10));
    CHECK(tls.curl("/up", {version, "-X", "DELETE", "-w", "%{http_code}"}).output == "204");
    CHECK(tls.curl("/chunked",
                   {version, "-T", local.at("file"), "-H", "Transfer-Encoding: chunked", "-w", "%{http_code}"})
              .output == "201");
    CHECK((tls.site.files.read("chunked") == body));
}

TEST_CASE("tls: pipelined requests, HEAD among them, are answered in order", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    const std::string answers =
        tls.s_client("-quiet -ign_eof",
                     "GET /hello.txt HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
                     "HEAD /hello.txt HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
                     "GET /list/a.txt HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n");
    CHECK(count_of(answers, "HTTP/1.1 200 OK") == 3);
    CHECK(count_of(answers, "hello, world\n") == 1);
    CHECK(answers.ends_with("\r\n\r\na\n"));
}

TEST_CASE("tls: an upload that was cut off goes on over TLS", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    const support::TempDir local;
    const std::string body = support::noise(3'000'000, 6);
    local.write("first", body.substr(0, 1'000'000));
    local.write("rest", body.substr(1'000'000));
    const std::string address =
        tls.curl("/film", {"--http1.1", "-X", "PUT", "-H", "Upload-Complete: ?0", "--data-binary",
                           "@" + local.at("first"), "-o", "/dev/null", "-w", "%header{location}"})
            .output;
    REQUIRE(address.starts_with("/"));
    CHECK(contains(tls.curl(address, {"-I"}).output, "1000000"));
    CHECK(tls.curl(address, {"-X", "PATCH", "-H", "Upload-Complete: ?1", "-H", "Upload-Offset: 1000000", "-H",
                             "Content-Type: application/partial-upload", "--data-binary", "@" + local.at("rest"), "-o",
                             "/dev/null", "-w", "%{http_code}"})
              .output == "201");
    CHECK((tls.site.files.read("film") == body));
}

TEST_CASE("tls: the certificate follows the name, and the protocol what the client offers", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    CHECK(contains(tls.s_client("-noservername"), "subject=CN = a.example"));
    CHECK(contains(tls.s_client("-servername a.example"), "subject=CN = a.example"));
    CHECK(contains(tls.s_client("-servername x.b.example"), "subject=CN = *.b.example"));
    CHECK(contains(tls.s_client("-servername x.y.b.example"), "subject=CN = a.example"));
    CHECK(contains(tls.s_client("-alpn http/1.1"), "ALPN protocol: http/1.1"));
    CHECK(contains(tls.s_client("-alpn spdy/1"), "no application protocol"));
    CHECK(contains(tls.s_client("-tls1_1 -cipher ALL:@SECLEVEL=0"), "alert"));
    CHECK(contains(tls.s_client("-tls1_2 -cipher AES128-SHA:@SECLEVEL=0"), "alert"));
    CHECK(tls.counts("tls_failed_no_common_way=3"));
}

TEST_CASE("tls: h2 is offered unless HTTP/2 is off", "[e2e][tls]") {
    if (tls_is_missing()) return;
    if (!contains(run_command({support::godwit_program(), "--version"}).output, "HTTP/2 (")) return;
    CHECK(contains(TlsSite().s_client("-alpn h2,http/1.1"), "ALPN protocol: h2"));
    CHECK(contains(TlsSite({"--http2", "off"}).s_client("-alpn h2,http/1.1"), "ALPN protocol: http/1.1"));
}

TEST_CASE("tls: a ticket resumes, in both versions", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    const std::string version = GENERATE(std::string("-tls1_2"), std::string("-tls1_3"));
    const support::TempDir local;
    // Tickets of TLS 1.3 come with the first answer.
    const std::string request = "GET /hello.txt HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n";
    const std::string words = version + " -ign_eof ";
    CHECK(contains(tls.s_client(words + "-sess_out " + local.at("ticket"), request), "New, TLS"));
    const std::string again = tls.s_client(words + "-sess_in " + local.at("ticket"), request);
    CHECK(contains(again, "Reused, TLS"));
    CHECK(contains(again, "hello, world\n"));
    CHECK(tls.counts("tls_resumed=1"));
}

TEST_CASE("tls: slow and cut handshakes end by themselves and hold up nobody", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls({"--header-timeout", "0.4"});
    support::RawClient silent = tls.site.connect();
    support::RawClient slow = tls.site.connect();
    REQUIRE(slow.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)));
    support::RawClient cut = tls.site.connect();
    REQUIRE(cut.send(std::string("\x16\x03\x01\x02\x00", 5)));
    cut.close();
    CHECK(tls.curl("/hello.txt").output == "hello, world\n");
    CHECK(silent.ends());
    CHECK(slow.ends());
    CHECK(tls.counts("tls_failed_given_up=3"));
}

TEST_CASE("tls: what speaks the wrong protocol is answered in its own", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    const auto plain = support::fetch(tls.site.server.port(), "GET", "/hello.txt");
    CHECK(plain.status == 400);
    CHECK(contains(plain.body, "https://"));
    CHECK_FALSE(plain.value("Date").empty());
    CHECK(tls.counts("tls_failed_plain_http=1"));
    support::RawClient hello(tls.plain_port());
    REQUIRE(hello.send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
    const auto refused = hello.read_response();
    REQUIRE(refused);
    CHECK(contains(refused->body, "this port speaks plain HTTP"));
}

TEST_CASE("tls: plain requests are led to https, where browsers are told to stay", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls({"--redirect-https", "--hsts", "60"});
    const auto led = support::fetch(tls.plain_port(), "GET", "/hello.txt?x");
    CHECK(led.status == 308);
    CHECK(led.value("Location") == "https://test:" + std::to_string(tls.site.server.port()) + "/hello.txt?x");
    CHECK_FALSE(led.has("Strict-Transport-Security"));
    CHECK(support::fetch(tls.plain_port(), "PUT", "/new.txt", {}, "secret").status == 403);
    CHECK_FALSE(tls.site.files.has("new.txt"));
    const std::string version = GENERATE(std::string("--http1.1"), std::string("--http2"));
    CHECK(contains(tls.curl("/hello.txt", {version, "-i"}).output, ": max-age=60\r\n"));
    CHECK(tls.curl("/new.txt", {version, "-X", "PUT", "-d", "x", "-w", "%{http_code}"}).output == "201");
}

TEST_CASE("tls: an answer that is cut is seen as cut", "[e2e][tls]") {
    if (tls_is_missing()) return;
    TlsSite tls;
    // More than the sockets' buffers hold, so that the server dies before it has sent everything.
    tls.site.files.write("huge.bin", "");
    std::filesystem::resize_file(tls.site.files.at("huge.bin"), std::uintmax_t{1} << 30U);
    const support::TempDir local;
    const std::string script = "curl -sS --limit-rate 4M --cacert " + tls.certificate() + " -o " + local.at("part") +
                               " " + tls.url("/huge.bin") + "; echo $? >" + local.at("status") + ".new; mv " +
                               local.at("status") + ".new " + local.at("status");
    REQUIRE(run_command({"sh", "-c", "(" + script + ") >/dev/null 2>&1 &"}).status == 0);
    REQUIRE(support::eventually([&] { return local.has("part"); }));
    tls.site.server.kill();
    REQUIRE(support::eventually([&] { return local.has("status"); }, 60'000));
    CHECK(local.read("status") != "0\n");
}

TEST_CASE("tls: close_notify is the end of a closed connection", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    const std::string request = "GET /hello.txt HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n";
    const std::string seen = tls.s_client("-ign_eof -msg -tls1_2", request);
    CHECK(contains(seen, "close_notify"));
    CHECK_FALSE(contains(seen, "unexpected eof"));
}

TEST_CASE("tls: a server without a certificate makes one and says its fingerprint", "[e2e][tls]") {
    if (tls_is_missing()) return;
    e2e::Site site({"--bind", "https://127.0.0.1:0"});
    const std::string address = "127.0.0.1:" + std::to_string(site.server.port());
    const std::string shown =
        run_command({"sh", "-c",
                     "openssl s_client -connect " + address +
                         " </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 -ext "
                         "subjectAltName"})
            .output;
    const std::size_t begin = shown.find('=') + 1;
    REQUIRE(begin != 0);
    const std::string fingerprint = shown.substr(begin, 95);
    CHECK(support::eventually([&] { return contains(site.server.output_text(), fingerprint + "\n"); }));
    CHECK(contains(site.server.output_text(), "browsers will warn about it"));
    for (const char* name : {"DNS:localhost", "IP Address:127.0.0.1"}) CHECK(contains(shown, name));
    CHECK(run_command({"curl", "-sk", "--max-time", "10", "https://" + address + "/hello.txt"}).output ==
          "hello, world\n");
    CHECK(site.server.stop() == 0);
}

TEST_CASE("tls: wrong files end the start with a sentence", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const support::TempDir secrets;
    e2e::make_pair(secrets, "a", "a.example");
    e2e::make_pair(secrets, "b", "b.example");
    const auto start = [&](const std::string& chain, const std::string& key) {
        return run_command({support::godwit_program(), "--tls-cert", secrets.at(chain), "--tls-key", secrets.at(key),
                            "--port", "0", "--test", secrets.path()});
    };
    CHECK(start("a.pem", "a.key").status == 0);
    CHECK(contains(start("a.pem", "b.key").errors, "does not fit the certificate"));
    CHECK(contains(start("none.pem", "b.key").errors, "No such file"));
    ::chmod(secrets.at("a.key").c_str(), 0604);
    const auto open = start("a.pem", "a.key");
    CHECK(open.status == 1);
    CHECK(contains(open.errors, "chmod o= " + secrets.at("a.key")));
}

TEST_CASE("tls: a connection beyond the limit is told so over TLS", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls({"--max-connections", "1"});
    support::RawClient busy(tls.plain_port());
    REQUIRE(busy.send("PUT /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1"));
    REQUIRE(support::eventually([&] { return tls.counts("connections_accepted=1"); }));
    CHECK(tls.curl("/hello.txt", {"--http1.1", "-o", "/dev/null", "-w", "%{http_code}"}).output == "503");
}
