// A site with TLS, and the programs that look at it from outside. Certificates are made with the openssl program; where
// it or TLS is missing, the tests pass with a warning.
#pragma once

#include <charconv>
#include <string>
#include <vector>

#include "e2e/site.h"

namespace e2e {

inline bool tls_is_missing() {
    static const bool missing =
        support::run_command({support::godwit_program(), "--version"}).output.find("TLS (") == std::string::npos ||
        support::run_command({"openssl", "version"}).status != 0 ||
        support::run_command({"curl", "--version"}).status != 0;
    if (missing) WARN("this build has no TLS, or openssl or curl is not installed");
    return missing;
}

/// Makes NAME.pem and NAME.key for the DNS name and for 127.0.0.1.
inline void make_pair(const support::TempDir& folder, const std::string& name, const std::string& dns_name) {
    const auto made = support::run_command(
        {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90",
         "-subj", "/CN=" + dns_name, "-addext", "subjectAltName=DNS:" + dns_name + ",IP:127.0.0.1", "-keyout",
         folder.at(name + ".key"), "-out", folder.at(name + ".pem")});
    REQUIRE(made.status == 0);
}

/// Two certificates, for a.example (the first) and *.b.example, at an https address; a plain address beside it.
struct TlsSite {
    explicit TlsSite(std::vector<std::string> more = {}) : site((prepare(), options(std::move(more)))) {}

    [[nodiscard]] std::string url(const std::string& path) const {
        return "https://127.0.0.1:" + std::to_string(site.server.port()) + path;
    }
    /// The port of the plain address, which the start line names second.
    [[nodiscard]] std::uint16_t plain_port() const {
        const std::string& line = site.server.start_line();
        const std::size_t begin = line.find("http://127.0.0.1:") + 17;
        std::uint16_t port = 0;
        std::from_chars(line.data() + begin, line.data() + line.size(), port);
        return port;
    }
    /// curl with the first certificate as the authority.
    [[nodiscard]] support::Finished curl(const std::string& path, const std::vector<std::string>& words = {}) const {
        std::vector<std::string> all{"curl", "-sS", "--max-time", "20", "--noproxy", "*", "--cacert", certificate()};
        all.insert(all.end(), words.begin(), words.end());
        all.push_back(url(path));
        return support::run_command(all);
    }
    /// openssl s_client through a shell: `input` is printf's format, what comes back is all that it printed.
    [[nodiscard]] std::string s_client(const std::string& words, const std::string& input = "Q\\n") const {
        const std::string address = "127.0.0.1:" + std::to_string(site.server.port());
        return support::run_command(
                   {"sh", "-c",
                    "printf '" + input + "' | timeout 10 openssl s_client -connect " + address + " " + words + " 2>&1"})
            .output;
    }
    /// The counters that the log shows at SIGUSR1.
    [[nodiscard]] bool counts(const std::string& counter) const {
        site.server.signal(SIGUSR1);
        return support::eventually([&] {
            const std::string text = site.server.error_text();
            const std::size_t last = text.rfind(" counters: ");
            return last != std::string::npos && text.find(" " + counter, last) != std::string::npos;
        });
    }
    [[nodiscard]] std::string certificate() const { return secrets.at("a.pem"); }

    support::TempDir secrets;
    Site site;

private:
    void prepare() const {
        make_pair(secrets, "a", "a.example");
        make_pair(secrets, "b", "*.b.example");
    }
    [[nodiscard]] std::vector<std::string> options(std::vector<std::string> more) const {
        std::vector<std::string> all{"--allow-all",        "--bind",     "https://127.0.0.1:0", "--bind",
                                     "http://127.0.0.1:0", "--tls-cert", secrets.at("a.pem"),   "--tls-key",
                                     secrets.at("a.key"),  "--tls-cert", secrets.at("b.pem"),   "--tls-key",
                                     secrets.at("b.key")};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};

}  // namespace e2e
