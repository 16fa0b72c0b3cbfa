// Parsing of wire cases: see the header.
#include "support/wire_case.h"

#include <cstdlib>
#include <stdexcept>

#include "base/ascii.h"
#include "support/temp_dir.h"

namespace support {

namespace {

class Reader {
public:
    Reader(std::string_view text, std::string_view file_name) : text_(text), file_name_(file_name) {}

    std::vector<WireCase> read() {
        std::string_view line;
        while (next(line)) {
            if (line.starts_with("=== ")) {
                begin_case(line.substr(4));
            } else if (line.starts_with(">>> ")) {
                begin_send(line.substr(4));
            } else if (line == "<<< expect") {
                part_ = Part::expect;
            } else if (part_ == Part::send) {
                add_sent_line(line);
            } else if (!line.empty() && line.front() != '#') {
                add_expectation(line);
            }
        }
        end_case();
        return std::move(cases_);
    }

private:
    enum class Part : std::uint8_t { between, send, expect };

    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error(std::string(file_name_) + ":" + std::to_string(line_) + ": " + what);
    }

    bool next(std::string_view& line) {
        if (position_ >= text_.size()) return false;
        const std::size_t end = std::min(text_.find('\n', position_), text_.size());
        line = text_.substr(position_, end - position_);
        position_ = end + 1;
        ++line_;
        return true;
    }

    void begin_case(std::string_view name) {
        end_case();
        cases_.emplace_back();
        cases_.back().name = name;
        cases_.back().line = line_;
        part_ = Part::between;
        end_given_ = false;
    }

    void end_case() const {
        if (cases_.empty()) return;
        const WireCase& last = cases_.back();
        if (last.steps.empty() || !end_given_) fail("\"" + last.name + "\" lacks a send part or its end");
    }

    void begin_send(std::string_view what) {
        if (cases_.empty()) fail("a send part outside a case");
        auto& steps = cases_.back().steps;
        if (what == "send") {
            steps.emplace_back();
            part_ = Part::send;
        } else if (what == "half-close" && !steps.empty()) {
            steps.back().half_close = true;
            part_ = Part::between;
        } else {
            fail("unknown part");
        }
    }

    void add_sent_line(std::string_view line) {
        std::string& bytes = cases_.back().steps.back().send;
        // A backslash at the end, itself not escaped, joins lines: no CRLF is added.
        std::size_t slashes = 0;
        while (slashes < line.size() && line[line.size() - 1 - slashes] == '\\') ++slashes;
        const bool joined = slashes % 2 == 1;
        bytes += unescape(joined ? line.substr(0, line.size() - 1) : line);
        if (!joined) bytes += "\r\n";
    }

    std::string unescape(std::string_view text) const {
        std::string bytes;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '\\') {
                bytes += text[i];
                continue;
            }
            if (++i == text.size()) fail("a backslash at the end of a value");
            switch (text[i]) {
                case 'r': bytes += '\r'; break;
                case 'n': bytes += '\n'; break;
                case 't': bytes += '\t'; break;
                case 's': bytes += ' '; break;
                case '0': bytes += '\0'; break;
                case '\\': bytes += '\\'; break;
                case 'x': bytes += escaped_byte(text, i); break;
                case '{': i = add_placeholder(text, i, bytes); break;
                default: fail("unknown escape");
            }
        }
        return bytes;
    }

    char escaped_byte(std::string_view text, std::size_t& i) const {
        if (i + 2 >= text.size()) fail("\\x without two digits");
        const int high = base::hex_value(text[i + 1]);
        const int low = base::hex_value(text[i + 2]);
        if (high < 0 || low < 0) fail("\\x without two digits");
        i += 2;
        return static_cast<char>(high * 16 + low);
    }

    /// A repetition is made at once; what depends on the site stays, between \x01 and \x02, for the run.
    std::size_t add_placeholder(std::string_view text, std::size_t begin, std::string& bytes) const {
        const std::size_t end = text.find('}', begin);
        if (end == std::string_view::npos) fail("\\{ without }");
        const std::string inside(text.substr(begin + 1, end - begin - 1));
        const std::size_t star = inside.find('*');
        if (star == std::string::npos || !base::is_digit(inside.front())) {
            bytes += '\x01' + inside + '\x02';
            return end;
        }
        const std::string unit = unescape(inside.substr(star + 1));
        for (int i = std::atoi(inside.c_str()); i > 0; --i) bytes += unit;
        return end;
    }

    void add_expectation(std::string_view line) {
        if (part_ != Part::expect || cases_.empty() || cases_.back().steps.empty()) fail("text outside a part");
        const std::size_t space = line.find(' ');
        const std::string_view word = line.substr(0, space);
        const std::string rest = space == std::string_view::npos ? "" : unescape(line.substr(space + 1));
        if (add_end(word) || add_file(word, rest)) return;
        if (word == "together") {
            cases_.back().cuts = {WireCut::whole};
            return;
        }
        auto& responses = cases_.back().steps.back().responses;
        if (word == "status") return add_status(rest, responses);
        if (responses.empty()) fail("before the first status: " + std::string(word));
        add_to_response(word, rest, responses.back());
    }

    bool add_end(std::string_view word) {
        WireEnd& end = cases_.back().end;
        if (word == "open") {
            end = WireEnd::open;
        } else if (word == "closed") {
            end = WireEnd::closed;
        } else if (word == "either") {
            end = WireEnd::either;
        } else if (word == "waiting") {
            end = WireEnd::waiting;
        } else {
            return false;
        }
        return end_given_ = true;
    }

    bool add_file(std::string_view word, const std::string& rest) {
        if (word == "no-file") {
            cases_.back().no_files.push_back(rest);
            return true;
        }
        if (word != "file") return false;
        const std::size_t space = rest.find(' ');
        cases_.back().files.emplace_back(rest.substr(0, space),
                                         space == std::string::npos ? "" : rest.substr(space + 1));
        return true;
    }

    /// "200", "400|501", "200 head", "200 x50".
    void add_status(const std::string& text, std::vector<ExpectedResponse>& responses) const {
        ExpectedResponse response;
        int times = 1;
        std::size_t position = 0;
        while (position < text.size() && base::is_digit(text[position])) {
            response.statuses.push_back(std::atoi(text.c_str() + position));
            position += 3;
            if (position < text.size() && text[position] == '|') ++position;
        }
        const std::string_view rest = std::string_view(text).substr(std::min(position, text.size()));
        if (rest == " head") {
            response.to_head = true;
        } else if (rest.starts_with(" x")) {
            times = std::atoi(text.c_str() + position + 2);
        } else if (!rest.empty() || response.statuses.empty()) {
            fail("not a status: " + text);
        }
        responses.insert(responses.end(), static_cast<std::size_t>(times), response);
    }

    void add_to_response(std::string_view word, const std::string& rest, ExpectedResponse& response) const {
        if (word == "field" || word == "field-has") {
            const std::size_t colon = rest.find(": ");
            if (colon == std::string::npos) fail("not a field: " + rest);
            auto& list = word == "field" ? response.fields : response.parts;
            list.emplace_back(rest.substr(0, colon), rest.substr(colon + 2));
        } else if (word == "has-field") {
            response.present.push_back(rest);
        } else if (word == "no-field") {
            response.absent.push_back(rest);
        } else if (word == "body") {
            response.body = rest;
        } else if (word == "body-has") {
            response.body_parts.push_back(rest);
        } else if (word == "body-bytes") {
            response.body_bytes = std::stoull(rest);
        } else {
            fail("unknown word: " + std::string(word));
        }
    }

    std::string_view text_;
    std::string_view file_name_;
    std::size_t position_ = 0;
    int line_ = 0;
    Part part_ = Part::between;
    bool end_given_ = false;
    std::vector<WireCase> cases_;
};

}  // namespace

std::vector<WireCase> parse_wire_cases(std::string_view text, std::string_view file_name) {
    return Reader(text, file_name).read();
}

std::vector<WireCase> read_wire_cases(const std::string& file_name) {
    return parse_wire_cases(read_file(file_name), file_name);
}

}  // namespace support
