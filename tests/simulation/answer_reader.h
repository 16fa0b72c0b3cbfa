// Reads HTTP/1.1 answers as a client does that believes nothing: by the method of its request, byte after byte, with
// code of its own, so that no fault of the server's parsers hides one of its writers. Used by simulated clients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace simulation {

struct ReceivedAnswer {
    int status = 0;
    std::map<std::string, std::string, std::less<>> fields;  ///< names in lower case
    std::string body;

    /// Empty when it is not there.
    [[nodiscard]] std::string_view field(std::string_view name) const {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string_view() : std::string_view(found->second);
    }
    [[nodiscard]] bool is_last() const { return field("connection") == "close"; }
};

class AnswerReader {
public:
    void take(std::string_view bytes) { bytes_.append(bytes); }
    /// The next final answer, to a request that was a HEAD or not; nullopt while it is not whole. Throws Violation when
    /// the bytes are no answer.
    [[nodiscard]] std::optional<ReceivedAnswer> next(bool to_head);
    /// Bytes that no answer was made of yet.
    [[nodiscard]] const std::string& rest() const { return bytes_; }

private:
    [[nodiscard]] std::optional<ReceivedAnswer> read_head(std::size_t end) const;
    [[nodiscard]] std::optional<std::size_t> read_chunks(std::size_t begin, std::string& body) const;

    std::string bytes_;
};

}  // namespace simulation
