// The translation, and the client that runs it: see the header.
#include "support/wire_http2.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "base/ascii.h"
#include "support/http2_frames.h"
#include "support/raw_client.h"
#include "support/wire_check.h"

namespace support {
namespace {

constexpr int kAnswerMs = 3000;
constexpr std::uint32_t kProtocolError = 1;

/// One request, as both versions can say it.
struct PlainRequest {
    FieldPairs head;
    std::string body;
    FieldPairs trailers;
};

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), base::to_lower);
    return result;
}

bool is_about_connection(std::string_view name) {
    constexpr auto kNames = std::to_array<std::string_view>(
        {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te", "trailer"});
    return std::ranges::any_of(kNames, [&](std::string_view known) { return base::equals_ignoring_case(known, name); });
}

/// Takes requests from the front of a text, strictly; what is not plain is not translated.
class Translator {
public:
    explicit Translator(std::string_view text) : rest_(text) {}
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    std::optional<PlainRequest> next() {
        PlainRequest request;
        const auto line = take_line();
        if (!line || !take_request_line(*line, request)) return std::nullopt;
        std::optional<std::size_t> length;
        bool chunked = false;
        if (!take_fields(request.head, length, chunked) || !has_authority_) return std::nullopt;
        if (chunked) return take_chunks(request) ? std::optional(request) : std::nullopt;
        if (length && *length > rest_.size()) return std::nullopt;
        request.body = rest_.substr(0, length.value_or(0));
        rest_.remove_prefix(request.body.size());
        return request;
    }

private:
    std::optional<std::string_view> take_line() {
        const std::size_t end = rest_.find("\r\n");
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end + 2);
        return line;
    }

    bool take_request_line(std::string_view line, PlainRequest& request) {
        const std::size_t method = line.find(' ');
        if (method == std::string_view::npos || !line.ends_with(" HTTP/1.1")) return false;
        const std::string_view target = line.substr(method + 1, line.size() - method - 1 - 9);
        const bool is_plain = std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F; });
        if (!is_plain || (!target.starts_with('/') && target != "*")) return false;
        request.head = {
            {":method", std::string(line.substr(0, method))}, {":scheme", "http"}, {":path", std::string(target)}};
        return line.substr(0, method) != "CONNECT";
    }

    bool take_fields(FieldPairs& head, std::optional<std::size_t>& length, bool& chunked) {
        has_authority_ = false;
        for (;;) {
            const auto line = take_line();
            if (!line) return false;
            if (line->empty()) return true;
            const std::size_t colon = line->find(':');
            if (colon == std::string_view::npos || colon == 0 || line->find_first_of(" \t") < colon) return false;
            const std::string name = lower(line->substr(0, colon));
            const std::string value(base::trim_blanks(line->substr(colon + 1)));
            if (!is_plain_value(value) || !std::ranges::all_of(name, base::is_token_char)) return false;
            if (name == "host") {
                if (has_authority_ || value.empty()) return false;
                has_authority_ = true;
                head.insert(head.begin() + 3, {":authority", value});
            } else if (name == "transfer-encoding") {
                if (value != "chunked" || chunked || length) return false;
                chunked = true;
            } else if (is_about_connection(name)) {
                return false;
            } else {
                if (name == "content-length") {
                    const auto bytes = base::parse_decimal(value);
                    if (!bytes || length || chunked) return false;
                    length = static_cast<std::size_t>(*bytes);
                }
                head.emplace_back(name, value);
            }
        }
    }

    bool take_chunks(PlainRequest& request) {
        for (;;) {
            const auto line = take_line();
            if (!line || line->empty() || line->size() > 4 || !std::ranges::all_of(*line, is_hex)) return false;
            const std::size_t bytes = std::stoul(std::string(*line), nullptr, 16);
            if (bytes == 0) break;
            if (rest_.size() < bytes + 2 || rest_.substr(bytes, 2) != "\r\n") return false;
            request.body += rest_.substr(0, bytes);
            rest_.remove_prefix(bytes + 2);
        }
        for (;;) {
            const auto line = take_line();
            if (!line) return false;
            if (line->empty()) return true;
            const std::size_t colon = line->find(':');
            if (colon == std::string_view::npos || colon == 0) return false;
            const std::string name = lower(line->substr(0, colon));
            if (!std::ranges::all_of(name, base::is_token_char) || is_about_connection(name)) return false;
            if (!is_plain_value(line->substr(colon + 1))) return false;
            request.trailers.emplace_back(name, base::trim_blanks(line->substr(colon + 1)));
        }
    }

    static bool is_plain_value(std::string_view value) {
        return std::ranges::none_of(value, [](char c) { return c >= 0 && c < ' ' && c != '\t'; });
    }
    static bool is_hex(char c) { return base::hex_value(c) >= 0; }

    std::string_view rest_;
    bool has_authority_ = false;
};

/// A client that waits for each answer.
class Client {
public:
    explicit Client(std::uint16_t port) : client_(port) { client_.send(client_begin()); }

    /// Interim answers and the final one.
    std::vector<ClientResponse> ask(const PlainRequest& request) {
        const std::uint32_t stream = std::exchange(stream_, stream_ + 2);
        const bool is_head_only = request.body.empty() && request.trailers.empty();
        const auto flags = static_cast<std::uint8_t>(is_head_only ? kEndHeaders | kEndStream : kEndHeaders);
        std::string bytes = head_frame(stream, request.head, flags);
        constexpr std::size_t kPiece = 16'000;
        for (std::size_t at = 0; at < request.body.size(); at += kPiece) {
            const bool is_last = at + kPiece >= request.body.size() && request.trailers.empty();
            bytes += data_frame(stream, std::string_view(request.body).substr(at, kPiece), is_last ? kEndStream : 0);
        }
        if (!request.trailers.empty()) bytes += head_frame(stream, request.trailers);
        client_.send(bytes);
        StreamAnswer& answer = reader_.streams[stream];
        while (!answer.ended && !answer.reset && client_.receive(kAnswerMs) == ReadEnd::bytes) {
            reader_.take(client_.received().substr(taken_));
            taken_ = client_.received().size();
        }
        // What the library refuses is reset, without the words of a 400.
        if (answer.reset == kProtocolError && answer.fields.empty()) return {response_of({{":status", "400"}}, {})};
        if (!answer.ended) throw std::runtime_error("stream " + std::to_string(stream) + " has no whole answer");
        std::vector<ClientResponse> responses;
        for (const FieldPairs& interim : answer.interims) responses.push_back(response_of(interim, {}));
        responses.push_back(response_of(answer.fields, answer.body));
        return responses;
    }

private:
    static ClientResponse response_of(const FieldPairs& fields, const std::string& body) {
        ClientResponse response;
        response.status = std::stoi(fields.front().second);
        response.fields.assign(fields.begin() + 1, fields.end());
        response.body = body;
        response.whole = true;
        return response;
    }

    RawClient client_;
    FrameReader reader_;
    std::size_t taken_ = 0;
    std::uint32_t stream_ = 1;
};

/// Without what only HTTP/1 says.
ExpectedResponse translated(ExpectedResponse expected) {
    const auto is_gone = [](const auto& field) { return is_about_connection(field.first); };
    std::erase_if(expected.fields, is_gone);
    std::erase_if(expected.parts, is_gone);
    std::erase_if(expected.present, [](const std::string& name) { return is_about_connection(name); });
    return expected;
}

std::optional<std::vector<PlainRequest>> translate(const WireStep& step, std::uint16_t port) {
    if (step.half_close) return std::nullopt;
    const std::string bytes = fill_in(step.send, port);
    Translator translator(bytes);
    std::vector<PlainRequest> requests;
    while (!translator.at_end()) {
        auto request = translator.next();
        if (!request) return std::nullopt;
        requests.push_back(std::move(*request));
    }
    return requests;
}

bool is_translatable(const WireCase& wire_case, std::uint16_t port) {
    return std::ranges::all_of(wire_case.steps, [&](const WireStep& step) {
        const auto requests = translate(step, port);
        return requests && !requests->empty() && requests->size() <= step.responses.size();
    });
}

}  // namespace

std::optional<WireOutcome> run_wire_case_over_http2(const WireCase& wire_case, const WireSite& site,
                                                    std::uint16_t port) {
    if (wire_case.end == WireEnd::waiting || !is_translatable(wire_case, port)) return std::nullopt;
    if (writes(wire_case)) site.restore();
    WireOutcome outcome;
    try {
        Client client(port);
        for (const WireStep& step : wire_case.steps) {
            std::vector<ClientResponse> responses;
            const auto requests = translate(step, port);
            for (const PlainRequest& request : *requests) {
                for (ClientResponse& response : client.ask(request)) responses.push_back(std::move(response));
            }
            if (responses.size() != step.responses.size()) {
                outcome.failures.push_back(std::to_string(responses.size()) + " answers came");
                break;
            }
            for (std::size_t i = 0; i < responses.size(); ++i) {
                const bool is_reset = responses[i].fields.empty();
                if (is_reset && std::ranges::count(step.responses[i].statuses, responses[i].status) > 0) continue;
                check_response("response " + std::to_string(i + 1), translated(step.responses[i]), responses[i], port,
                               outcome.failures);
            }
        }
        check_files(wire_case, site, outcome.failures);
    } catch (const std::exception& error) {
        outcome.failures.emplace_back(error.what());
    }
    return outcome;
}

}  // namespace support
