// Running a wire case against a server: see wire_case.h.
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/ascii.h"
#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"
#include "support/wire_case.h"
#include "support/wire_check.h"

namespace support {

namespace {

namespace fs = std::filesystem;

constexpr int kAnswerMs = 3000;
constexpr int kSilenceMs = 60;
constexpr std::time_t kOldTime = 784111777;  ///< Sun, 06 Nov 1994 08:49:37 GMT: RFC 9110's own example

void put_file(const fs::path& file, std::string_view content) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

void set_time(const fs::path& file, std::time_t seconds) {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ::utimensat(AT_FDCWD, file.c_str(), times, 0);
}

class Run {
public:
    Run(const WireCase& wire_case, std::uint16_t port, WireCut cut)
        : case_(wire_case), port_(port), cut_(cut), client_(port) {}

    WireOutcome run(const WireSite& site) {
        try {
            for (const WireStep& step : case_.steps) {
                if (!run_step(step)) return std::move(outcome_);
            }
            check_end();
            check_files(case_, site, outcome_.failures);
        } catch (const std::exception& error) {
            fail(error.what());
        }
        return std::move(outcome_);
    }

private:
    void fail(const std::string& what) { outcome_.failures.push_back(what); }

    bool run_step(const WireStep& step) {
        const std::string bytes = fill_in(step.send, port_);
        // A server that refuses may stop listening to the rest: what it answered is judged, not how much it took.
        if (cut_ == WireCut::whole) {
            client_.send(bytes);
        } else {
            client_.send_bytewise(bytes);
        }
        if (step.half_close) client_.half_close();
        int number = 0;
        for (const ExpectedResponse& expected : step.responses) {
            const auto response = client_.read_response(expected.to_head, kAnswerMs);
            const std::string label = "response " + std::to_string(++number);
            if (!response) {
                fail(label + " is missing (" + end_text() + ")");
                return false;
            }
            note(*response);
            check_response(label, expected, *response, port_, outcome_.failures);
        }
        return true;
    }

    std::string end_text() const {
        switch (client_.last_end()) {
            case ReadEnd::closed: return "closed";
            case ReadEnd::reset: return "reset";
            case ReadEnd::timeout: return "nothing came";
            case ReadEnd::bytes: break;
        }
        return "unfinished: " + client_.received();
    }

    /// For the comparison of two runs: not the fields whose values belong to the moment.
    void note(const ClientResponse& response) {
        std::string& text = outcome_.transcript;
        text += std::to_string(response.status) + " " + response.reason + "\n";
        for (const auto& [name, value] : response.fields) {
            const bool momentary =
                base::equals_ignoring_case(name, "Date") || base::equals_ignoring_case(name, "ETag") ||
                base::equals_ignoring_case(name, "Last-Modified") || base::equals_ignoring_case(name, "Content-Type") ||
                base::equals_ignoring_case(name, "Upload-Limit") || value.starts_with("/.godwit/uploads/");
            text += momentary ? name + "\n" : name + ": " + value + "\n";
        }
        // A multipart boundary may be chosen anew each time.
        const bool multipart = response.value("Content-Type").starts_with("multipart/");
        text += (multipart ? std::to_string(response.body.size()) : response.body) + "\n";
    }

    void check_end() {
        switch (case_.end) {
            case WireEnd::open: return check_open();
            case WireEnd::closed:
                if (!client_.ends(kAnswerMs)) fail("the connection is not closed in order: " + rest_text());
                return;
            case WireEnd::either:
                if (!client_.received().empty() || client_.receive(kSilenceMs) == ReadEnd::timeout) return check_open();
                if (client_.last_end() != ReadEnd::closed) fail("the connection ended otherwise: " + rest_text());
                return;
            case WireEnd::waiting:
                if (!client_.silent(kSilenceMs)) fail("the server does not wait for more: " + rest_text());
                return;
        }
    }

    std::string rest_text() const {
        return client_.received().empty() ? end_text() : "further bytes: " + client_.received().substr(0, 200);
    }

    /// One more request is understood from its first byte: no byte before it was left over or missing.
    void check_open() {
        if (!client_.received().empty()) return fail("further bytes: " + client_.received().substr(0, 200));
        client_.send("HEAD /hello.txt HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n");
        const auto response = client_.read_response(true, kAnswerMs);
        if (!response) return fail("the connection takes no further request (" + end_text() + ")");
        if (response->status != 200) fail("the next request is answered " + std::to_string(response->status));
        if (!client_.ends(kAnswerMs)) fail("after the last answer: " + rest_text());
    }

    const WireCase& case_;
    std::uint16_t port_;
    WireCut cut_;
    RawClient client_;
    WireOutcome outcome_;
};

}  // namespace

void WireSite::restore() const {
    const fs::path root = directory_;
    fs::create_directories(root);
    for (const auto& entry : fs::directory_iterator(root)) fs::remove_all(entry.path());
    put_file(root.parent_path() / "outside.txt", "SECRET-OUTSIDE\n");
    put_file(root / "index.html", "<p>front</p>\n");
    put_file(root / "hello.txt", "hello, world\n");
    put_file(root / "digits.txt", "0123456789");
    put_file(root / "empty.txt", "");
    put_file(root / "old.txt", "old\n");
    set_time(root / "old.txt", kOldTime);
    std::string page = "<!doctype html>\n";
    for (int i = 0; i < 200; ++i) page += "<p>line " + std::to_string(i) + " of a page that compresses well</p>\n";
    put_file(root / "page.html", page);
    put_file(root / "picture.png", noise(4000));
    put_file(root / "docs/index.html", "<p>docs</p>\n");
    put_file(root / "docs/plain.txt", "plain\n");
    put_file(root / "docs/deep/leaf.txt", "leaf\n");
    put_file(root / "list/a.txt", "a\n");
    put_file(root / "list/b&c.txt", "b\n");
    put_file(root / "with space.txt", "spaced\n");
    put_file(root / "caf\xc3\xa9.txt", "coffee\n");
    put_file(root / ".hidden", "hidden\n");
    put_file(root / ".well-known/x.txt", "known\n");
    put_file(root / "full/x.txt", "x\n");
    fs::create_directories(root / "hollow");
    fs::create_symlink("hello.txt", root / "link-in.txt");
    fs::create_symlink("../outside.txt", root / "link-out.txt");
    ::mkfifo((root / "pipe").c_str(), 0600);
    pause_ms(25);  // a tag is weak while its file is younger than the file system's clock tick
}

WireOutcome run_wire_case(const WireCase& wire_case, const WireSite& site, std::uint16_t port, WireCut cut) {
    if (writes(wire_case)) site.restore();
    return Run(wire_case, port, cut).run(site);
}

}  // namespace support
