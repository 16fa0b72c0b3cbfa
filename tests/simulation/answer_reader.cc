// A head up to its empty line, then the content that the head announces.
#include "simulation/answer_reader.h"

#include <charconv>

#include "simulation/violation.h"

namespace simulation {
namespace {

constexpr std::size_t kMostHeadBytes = 16384;

[[noreturn]] void refuse(std::string_view why, std::string_view bytes) {
    throw Violation("no answer: " + std::string(why) + ": " + std::string(bytes.substr(0, 200)));
}

std::size_t number(std::string_view text, int base) {
    std::size_t value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || end.ec != std::errc() || end.ptr != text.data() + text.size()) refuse("a bad number", text);
    return value;
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
    }
    return result;
}

}  // namespace

std::optional<ReceivedAnswer> AnswerReader::read_head(std::size_t end) const {
    ReceivedAnswer answer;
    std::string_view head = std::string_view(bytes_).substr(0, end);
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 13 || head[12] != ' ') refuse("a bad status line", head);
    answer.status = static_cast<int>(number(head.substr(9, 3), 10));
    head = head.substr(std::min(head.size(), head.find("\r\n")));
    while (head.size() > 2) {
        head.remove_prefix(2);
        const std::size_t line_end = std::min(head.size(), head.find("\r\n"));
        const std::string_view line = head.substr(0, line_end);
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) refuse("a bad field", line);
        answer.fields[lower(line.substr(0, colon))] = line.substr(colon + 2);
        head = head.substr(line_end);
    }
    return answer;
}

/// The end of the chunks that begin at `begin`; nullopt while they are not whole.
std::optional<std::size_t> AnswerReader::read_chunks(std::size_t begin, std::string& body) const {
    for (std::size_t at = begin;;) {
        const std::size_t line_end = bytes_.find("\r\n", at);
        if (line_end == std::string::npos) return std::nullopt;
        const std::size_t size = number(std::string_view(bytes_).substr(at, line_end - at), 16);
        at = line_end + 2;
        if (bytes_.size() < at + size + 2) return std::nullopt;
        body.append(bytes_, at, size);
        if (bytes_.compare(at + size, 2, "\r\n") != 0) refuse("a bad chunk", bytes_.substr(at));
        at += size + 2;
        if (size == 0) return at;
    }
}

std::optional<ReceivedAnswer> AnswerReader::next(bool to_head) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    while (true) {
        const std::size_t end = bytes_.find(kEnd);
        if (end == std::string::npos) {
            if (bytes_.size() > kMostHeadBytes) refuse("a head without end", bytes_);
            return std::nullopt;
        }
        std::optional<ReceivedAnswer> answer = read_head(end);
        std::size_t content_end = end + kEnd.size();
        if (answer->status < 200) {
            bytes_.erase(0, content_end);
            continue;
        }
        const bool is_empty = to_head || answer->status == 204 || answer->status == 304;
        if (!is_empty && answer->field("transfer-encoding") == "chunked") {
            const auto chunks_end = read_chunks(content_end, answer->body);
            if (!chunks_end) return std::nullopt;
            content_end = *chunks_end;
        } else if (!is_empty) {
            const std::size_t length = number(answer->field("content-length"), 10);
            if (bytes_.size() < content_end + length) return std::nullopt;
            answer->body = bytes_.substr(content_end, length);
            content_end += length;
        }
        bytes_.erase(0, content_end);
        return answer;
    }
}

}  // namespace simulation
