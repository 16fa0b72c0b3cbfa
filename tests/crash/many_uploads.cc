// Thousands of uploads at once, each half sent before any is ended: every file ends up whole, and the server stays
// within the memory bound that it printed at its start.
//   many_uploads [UPLOADS [BYTES]]      200 of 1 MiB by default
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace {

/// Sent to every connection before the first one gets the rest.
constexpr std::size_t kFirstBytes = 64 * 1024;
/// The server's, for each upload: the connection, the temporary file, its directory, the file that is replaced.
constexpr std::size_t kDescriptorsEach = 4;
constexpr std::size_t kSpareDescriptors = 100;

void raise_descriptors(std::size_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = wanted;
    if (limit.rlim_max < wanted || ::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        throw std::runtime_error("this process may open " + std::to_string(limit.rlim_max) + " files, not " +
                                 std::to_string(wanted));
    }
}

/// "… at most 650 MiB of memory …", in bytes.
std::size_t bound_of(const support::ServerProcess& server) {
    const std::string before = "at most ";
    // The log is written at the end of a turn of the loop.
    support::fetch(server.port(), "GET", "/");
    std::string text;
    support::eventually([&] { return (text = server.error_text()).find(before) != std::string::npos; });
    const std::size_t at = text.find(before);
    if (at == std::string::npos) throw std::runtime_error("the server prints no bound of its memory");
    return std::stoul(text.substr(at + before.size())) * 1024 * 1024;
}

std::size_t peak_bytes(const support::ServerProcess& server) {
    std::ifstream status("/proc/" + std::to_string(server.pid()) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) * 1024;
    }
    throw std::runtime_error("no peak size in /proc");
}

std::string name_of(unsigned i) { return "up-" + std::to_string(i) + ".bin"; }

int run(unsigned uploads, std::size_t bytes) {
    const std::size_t descriptors = kDescriptorsEach * uploads + kSpareDescriptors;
    raise_descriptors(descriptors);
    const support::TempDir site;
    support::ServerProcess server(
        {.directory = site.path(),
         .options = {"--allow-replace", "--body-timeout", "300", "--max-connections", std::to_string(uploads + 10),
                     "--max-connections-per-client", std::to_string(uploads + 10), "--max-requests-per-client",
                     std::to_string(uploads + 10)},
         .descriptors = descriptors});
    const std::size_t bound = bound_of(server);
    const std::size_t before = peak_bytes(server);
    const std::int64_t begun = support::now_ms();

    std::vector<support::RawClient> clients;
    for (unsigned i = 0; i < uploads; ++i) {
        clients.emplace_back(server.port());
        const std::string content = support::noise(bytes, i);
        const std::vector<std::string> fields{"Content-Length: " + std::to_string(bytes)};
        clients.back().send(support::request("PUT", "/" + name_of(i), fields) + content.substr(0, kFirstBytes));
    }
    for (unsigned i = 0; i < uploads; ++i) {
        if (bytes > kFirstBytes) clients[i].send(support::noise(bytes, i).substr(kFirstBytes));
    }
    unsigned whole = 0;
    for (unsigned i = 0; i < uploads; ++i) {
        const auto answer = clients[i].read_response(false, 60'000);
        if (!answer || answer->status != 201) {
            std::printf("upload %u: %s\n", i, answer ? (answer->head_text() + answer->body).c_str() : "no answer");
        }
        whole += answer && answer->status == 201 && site.read(name_of(i)) == support::noise(bytes, i) ? 1U : 0U;
    }
    const std::int64_t took = support::now_ms() - begun;
    const std::size_t peak = peak_bytes(server);
    const bool clean = site.list().size() == uploads;
    std::printf(
        "%u uploads of %zu bytes at once in %lld ms: %u whole, %s; memory %zu KiB before, at most %zu KiB, bound "
        "%zu KiB\n",
        uploads, bytes, static_cast<long long>(took), whole, clean ? "nothing else there" : "LITTER", before / 1024,
        peak / 1024, bound / 1024);
    return whole == uploads && clean && peak <= bound ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const int uploads = argc > 1 ? std::atoi(argv[1]) : 200;
    const long bytes = argc > 2 ? std::atol(argv[2]) : 1024 * 1024;
    if (uploads < 1 || uploads > 20'000 || bytes < 1) {
        std::printf("many_uploads [UPLOADS [BYTES]]\n");
        return 2;
    }
    try {
        return run(static_cast<unsigned>(uploads), static_cast<std::size_t>(bytes));
    } catch (const std::exception& error) {
        std::printf("%s\n", error.what());
        return 1;
    }
}
