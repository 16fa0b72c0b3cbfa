// Readable wire cases: bytes in, outcome out (the format is in tests/wire/README.md). Parses the case files and runs a
// case against a server that serves the site of WireSite. Called by tests/e2e/wire_test and by wire_runner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace support {

struct ExpectedResponse {
    std::vector<int> statuses;                                ///< any of these
    bool to_head = false;                                     ///< no body follows, whatever the fields say
    std::vector<std::pair<std::string, std::string>> fields;  ///< name and exact value
    std::vector<std::pair<std::string, std::string>> parts;   ///< name and a part of the value
    std::vector<std::string> present;
    std::vector<std::string> absent;
    std::optional<std::string> body;
    std::vector<std::string> body_parts;
    std::optional<std::size_t> body_bytes;
};

/// How the bytes of a case are sent.
enum class WireCut : std::uint8_t { whole, bytewise };

enum class WireEnd : std::uint8_t {
    open,     ///< the connection answers one more request
    closed,   ///< the server closes in order, without another byte
    either,   ///< one of the two above
    waiting,  ///< neither answer nor close comes yet
};

struct WireStep {
    std::string send;         ///< the bytes, placeholders not yet replaced
    bool half_close = false;  ///< then the write side is shut
    std::vector<ExpectedResponse> responses;
};

struct WireCase {
    std::string name;
    int line = 0;  ///< in its file
    std::vector<WireStep> steps;
    /// The ways that it can be sent. Bytes behind a last request that come after the server's close are reset.
    std::vector<WireCut> cuts{WireCut::whole, WireCut::bytewise};
    WireEnd end = WireEnd::open;
    std::vector<std::pair<std::string, std::string>> files;  ///< afterwards: name below the root, and content
    std::vector<std::string> no_files;
};

/// Throws with file and line when the text is not as the README says.
std::vector<WireCase> parse_wire_cases(std::string_view text, std::string_view file_name);
std::vector<WireCase> read_wire_cases(const std::string& file_name);

/// The files that the cases speak of.
class WireSite {
public:
    /// `directory`: becomes the root; its parent gets the file that must never be served.
    explicit WireSite(std::string directory) : directory_(std::move(directory)) {}
    /// Makes everything as it was at the beginning.
    void restore() const;
    [[nodiscard]] const std::string& directory() const { return directory_; }

private:
    std::string directory_;
};

struct WireOutcome {
    std::vector<std::string> failures;  ///< empty: passed
    std::string transcript;             ///< what came back, without what changes from run to run
};

/// Runs one case; a case that writes finds the site restored.
WireOutcome run_wire_case(const WireCase& wire_case, const WireSite& site, std::uint16_t port, WireCut cut);

}  // namespace support
