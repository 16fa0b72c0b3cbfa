// multipart/form-data. The delimiter begins with CR and has no other CR: when a match fails, the next one can begin
// only at the byte that failed, so the search is linear. When a match that a block's end interrupted turns out to be
// content, its bytes are taken from the delimiter itself.
#include "http/multipart.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "http/content_disposition.h"
#include "http/parameters.h"

namespace http {
namespace {

using Event = MultipartParser::Event;

/// bchars of RFC 2046 §5.1.1.
bool is_boundary_char(char c) {
    if (base::is_alpha(c) || base::is_digit(c)) return true;
    return c != '\0' && std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
    const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return static_cast<std::size_t>(end - a.begin());
}

bool is_plain_transfer_encoding(std::string_view value) {
    return base::equals_ignoring_case(value, "binary") || base::equals_ignoring_case(value, "8bit") ||
           base::equals_ignoring_case(value, "7bit");
}

}  // namespace

std::optional<std::string> find_form_boundary(std::string_view content_type) {
    const std::size_t semicolon = std::min(content_type.find(';'), content_type.size());
    const std::string_view type = base::trim_blanks(content_type.substr(0, semicolon));
    if (!base::equals_ignoring_case(type, "multipart/form-data")) return std::nullopt;

    std::optional<std::string> boundary;
    ParameterReader reader(content_type.substr(semicolon));
    Parameter parameter;
    while (reader.next(parameter)) {
        if (!base::equals_ignoring_case(parameter.name, "boundary")) continue;
        if (boundary) return std::nullopt;
        boundary = parameter.quoted ? unescape_quoted(parameter.value) : std::string(parameter.value);
    }
    if (reader.malformed() || !boundary || boundary->empty() || boundary->size() > kMaxBoundaryBytes) {
        return std::nullopt;
    }
    if (boundary->back() == ' ' || !std::all_of(boundary->begin(), boundary->end(), is_boundary_char)) {
        return std::nullopt;
    }
    return boundary;
}

MultipartParser::MultipartParser(std::string_view boundary, std::size_t max_parts)
    : delimiter_("\r\n--"), max_parts_(max_parts) {
    delimiter_.append(boundary);
}

MultipartParser::Step MultipartParser::fail(std::string_view text, std::size_t consumed) {
    stage_ = Stage::failed;
    error_text_ = text;
    return {Event::error, consumed};
}

MultipartParser::Step MultipartParser::fail_limit(std::string_view text, std::size_t consumed) {
    over_limit_ = true;
    return fail(text, consumed);
}

MultipartParser::Step MultipartParser::next(std::span<const std::byte> input) {
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    std::size_t at = 0;
    while (true) {
        if (stage_ == Stage::part_ended) {
            stage_ = Stage::after_delimiter;
            return {Event::part_end, at};
        }
        if (stage_ == Stage::failed) return {Event::error, at};
        if (at == text.size()) return {Event::need_more, at};
        Step step = advance(text.substr(at));
        at += step.consumed;
        step.consumed = at;
        if (step.event != Event::need_more) return step;
    }
}

/// One step of the stage; need_more here means only that there is no event.
MultipartParser::Step MultipartParser::advance(std::string_view input) {
    switch (stage_) {
        case Stage::preamble:
        case Stage::content: return matched_ > 0 ? continue_match(input) : scan_content(input);
        case Stage::head: return read_head(input);
        case Stage::epilogue: return {Event::need_more, input.size()};
        default: return read_delimiter_end(input.front());
    }
}

void MultipartParser::delimiter_found() {
    stage_ = stage_ == Stage::content ? Stage::part_ended : Stage::after_delimiter;
    matched_ = assumed_ = 0;
}

MultipartParser::Step MultipartParser::give_content(std::string_view content, std::size_t consumed) const {
    const bool ignored = content.empty() || stage_ == Stage::preamble || stage_ == Stage::after_delimiter;
    if (ignored) return {Event::need_more, consumed};
    return {Event::part_bytes, consumed, std::as_bytes(std::span(content))};
}

/// Goes on with a match that an earlier block began.
MultipartParser::Step MultipartParser::continue_match(std::string_view input) {
    const std::size_t more = common_prefix(std::string_view(delimiter_).substr(matched_), input);
    matched_ += more;
    if (matched_ == delimiter_.size()) {
        delimiter_found();
        return {Event::need_more, more};
    }
    if (more == input.size()) return {Event::need_more, more};
    const std::string_view held = std::string_view(delimiter_).substr(assumed_, matched_ - assumed_);
    matched_ = assumed_ = 0;
    return give_content(held, more);
}

MultipartParser::Step MultipartParser::scan_content(std::string_view input) {
    std::size_t at = 0;
    while (true) {
        at = input.find('\r', at);
        if (at == std::string_view::npos) return give_content(input, input.size());
        const std::size_t length = common_prefix(delimiter_, input.substr(at));
        const std::string_view content = input.substr(0, at);
        if (length == delimiter_.size()) {
            delimiter_found();
            return give_content(content, at + length);
        }
        if (at + length == input.size()) {
            matched_ = length;
            return give_content(content, input.size());
        }
        at += length;
    }
}

/// What follows the boundary on its line.
MultipartParser::Step MultipartParser::read_delimiter_end(char c) {
    if (stage_ == Stage::closing_dash) {
        if (c != '-') return fail("a boundary of the form is followed by something else than CRLF or \"--\".", 1);
        stage_ = Stage::epilogue;
        return {Event::end, 1};
    }
    if (stage_ == Stage::delimiter_lf) {
        if (c != '\n') return fail("a line of the form ends in CR alone; lines end in CRLF.", 1);
        if (parts_begun_ == max_parts_) return fail_limit("the form has more parts than are accepted.", 1);
        stage_ = Stage::head;
        part_ = {};
        has_disposition_ = false;
        head_bytes_ = 0;
        return {Event::need_more, 1};
    }
    if (c == '-' && stage_ == Stage::after_delimiter) {
        stage_ = Stage::closing_dash;
    } else if (base::is_blank(c)) {
        stage_ = Stage::padding;
    } else if (c == '\r') {
        stage_ = Stage::delimiter_lf;
    } else {
        return fail("a boundary of the form is followed by something else than CRLF or \"--\".", 1);
    }
    return {Event::need_more, 1};
}

MultipartParser::Step MultipartParser::read_head(std::string_view input) {
    const std::size_t line_feed = input.find('\n');
    const bool line_ends = line_feed != std::string_view::npos;
    const std::size_t count = line_ends ? line_feed + 1 : input.size();
    head_bytes_ += count;
    if (head_bytes_ > kMaxPartHeadBytes) return fail_limit("the head of a part of the form is too long.", count);
    line_.append(input.substr(0, count));
    if (!line_ends) return {Event::need_more, count};

    const std::string line = std::exchange(line_, {});
    if (!line.ends_with("\r\n")) return fail("a line of a part's head ends in LF alone; lines end in CRLF.", count);
    if (line.size() > 2) {
        const std::string_view error = take_head_line(std::string_view(line).substr(0, line.size() - 2));
        return error.empty() ? Step{Event::need_more, count} : fail(error, count);
    }
    if (!has_disposition_) return fail("a part of the form has no Content-Disposition with a name.", count);
    if (part_.name.size() > kMaxPartNameBytes) return fail_limit("the name of a form field is too long.", count);
    stage_ = Stage::content;
    matched_ = assumed_ = kLineEnd;
    ++parts_begun_;
    return {Event::part_begin, count};
}

/// Empty, or what is wrong.
std::string_view MultipartParser::take_head_line(std::string_view line) {
    constexpr std::string_view kMalformed = "a line of a part's head is not of the form \"Name: value\".";
    if (line.find('\r') != std::string_view::npos || line.find('\0') != std::string_view::npos) return kMalformed;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return kMalformed;
    const std::string_view name = line.substr(0, colon);
    if (!std::all_of(name.begin(), name.end(), base::is_token_char)) return kMalformed;

    const std::string_view value = base::trim_blanks(line.substr(colon + 1));
    if (base::equals_ignoring_case(name, "Content-Disposition")) return take_disposition(value);
    if (base::equals_ignoring_case(name, "Content-Type")) part_.content_type = value;
    if (base::equals_ignoring_case(name, "Content-Transfer-Encoding") && !is_plain_transfer_encoding(value)) {
        return "a part of the form has a Content-Transfer-Encoding; send its bytes as they are (RFC 7578 4.7).";
    }
    return {};
}

std::string_view MultipartParser::take_disposition(std::string_view value) {
    constexpr std::string_view kWrong = "a part's Content-Disposition is not of the form form-data; name=\"...\".";
    auto disposition = parse_content_disposition(value, DispositionEscapes::form_part);
    if (has_disposition_ || !disposition || !disposition->name) return kWrong;
    if (!base::equals_ignoring_case(disposition->type, "form-data")) return kWrong;
    has_disposition_ = true;
    part_.name = std::move(*disposition->name);
    part_.filename = std::move(disposition->filename);
    return {};
}

}  // namespace http
