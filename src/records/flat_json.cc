// One pass over the text; nothing is read twice.
#include "records/flat_json.h"

#include <optional>
#include <string>

#include "base/ascii.h"
#include "base/escape.h"

namespace records {
namespace {

void append_utf8(std::string& out, std::uint32_t point) {
    const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        push(point);
    } else if (point < 0x800) {
        push(0xc0 | point >> 6);
        push(0x80 | (point & 0x3f));
    } else if (point < 0x1'0000) {
        push(0xe0 | point >> 12);
        push(0x80 | (point >> 6 & 0x3f));
        push(0x80 | (point & 0x3f));
    } else {
        push(0xf0 | point >> 18);
        push(0x80 | (point >> 12 & 0x3f));
        push(0x80 | (point >> 6 & 0x3f));
        push(0x80 | (point & 0x3f));
    }
}

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    void skip_space() {
        while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos) {
            rest_.remove_prefix(1);
        }
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

    bool read_string(std::string& out) {
        if (!take("\"")) return false;
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (c == '"') return take("\"");
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c == '\\') {
                if (!read_escape(out)) return false;
                continue;
            }
            const std::size_t bytes = base::find_utf8_sequence(rest_);
            if (bytes == 0) return false;
            out.append(rest_.substr(0, bytes));
            rest_.remove_prefix(bytes);
        }
        return false;
    }

    /// RFC 8259 §6, as it was written.
    bool read_number(std::string& out) {
        const std::string_view start = rest_;
        take("-");
        if (!take("0") && !read_digits()) return false;
        if (take(".") && !read_digits()) return false;
        if (take("e") || take("E")) {
            if (!take("+")) take("-");
            if (!read_digits()) return false;
        }
        out.append(start.substr(0, start.size() - rest_.size()));
        return true;
    }

private:
    bool read_digits() {
        const std::size_t before = rest_.size();
        while (base::is_digit(peek())) rest_.remove_prefix(1);
        return rest_.size() < before;
    }

    std::optional<std::uint32_t> read_unit() {
        if (rest_.size() < 4) return std::nullopt;
        std::uint32_t unit = 0;
        for (int i = 0; i < 4; ++i) {
            const int digit = base::hex_value(rest_.front());
            if (digit < 0) return std::nullopt;
            unit = unit * 16 + static_cast<std::uint32_t>(digit);
            rest_.remove_prefix(1);
        }
        return unit;
    }

    bool read_escape(std::string& out) {
        constexpr std::string_view kLetters = "\"\\/bfnrt";
        constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
        rest_.remove_prefix(1);
        if (!take("u")) {
            const std::size_t which = rest_.empty() ? std::string_view::npos : kLetters.find(rest_.front());
            if (which == std::string_view::npos) return false;
            rest_.remove_prefix(1);
            out.push_back(kBytes[which]);
            return true;
        }
        const auto first = read_unit();
        if (!first) return false;
        std::uint32_t point = *first;
        if (point >= 0xd800 && point < 0xe000) {
            // Half a pair is no character.
            if (point >= 0xdc00 || !take("\\u")) return false;
            const auto second = read_unit();
            if (!second || *second < 0xdc00 || *second >= 0xe000) return false;
            point = 0x1'0000 + ((point - 0xd800) << 10) + (*second - 0xdc00);
        }
        append_utf8(out, point);
        return true;
    }

    std::string_view rest_;
};

std::optional<JsonError> read_value(Reader& reader, std::string& out) {
    const char first = reader.peek();
    if (first == '{' || first == '[' || reader.take("null")) return JsonError::nested;
    bool read = false;
    if (first == '"') {
        read = reader.read_string(out);
    } else if (first == '-' || base::is_digit(first)) {
        read = reader.read_number(out);
    } else if (reader.take("true")) {
        out = "true";
        read = true;
    } else if (reader.take("false")) {
        out = "false";
        read = true;
    }
    return read ? std::nullopt : std::optional(JsonError::malformed);
}

}  // namespace

std::expected<std::vector<http::FormField>, JsonError> parse_flat_json(std::string_view text, std::size_t max_fields) {
    std::vector<http::FormField> fields;
    Reader reader(text);
    reader.skip_space();
    if (!reader.take("{")) {
        const bool other = std::string_view("[\"-0123456789tfn").find(reader.peek()) != std::string_view::npos;
        return std::unexpected(other && !reader.at_end() ? JsonError::not_an_object : JsonError::malformed);
    }
    reader.skip_space();
    bool more = !reader.take("}");
    while (more) {
        if (fields.size() == max_fields) return std::unexpected(JsonError::too_many_fields);
        http::FormField& field = fields.emplace_back();
        reader.skip_space();
        if (!reader.read_string(field.name)) return std::unexpected(JsonError::malformed);
        reader.skip_space();
        if (!reader.take(":")) return std::unexpected(JsonError::malformed);
        reader.skip_space();
        if (const auto error = read_value(reader, field.value)) return std::unexpected(*error);
        reader.skip_space();
        more = reader.take(",");
        if (!more && !reader.take("}")) return std::unexpected(JsonError::malformed);
    }
    reader.skip_space();
    if (!reader.at_end()) return std::unexpected(JsonError::malformed);
    return fields;
}

}  // namespace records
