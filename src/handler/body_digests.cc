// Digests of a body: in the head, in trailers, and for the answer.
#include "handler/body_digests.h"

#include <algorithm>
#include <span>

#include "base/ascii.h"
#include "http/field_name.h"

namespace handler {
namespace {

using http::DigestAlgorithm;
using http::FieldName;

constexpr http::Refusal kMismatch{http::Status::bad_request,
                                  "the body does not have the digest that Content-Digest or Repr-Digest states; "
                                  "nothing was stored."};
constexpr http::Refusal kNotComputed{http::Status::internal_server_error, "the digest could not be computed."};
constexpr std::array kAlgorithms = {DigestAlgorithm::sha_256, DigestAlgorithm::sha_512};

std::size_t index(DigestAlgorithm algorithm) { return static_cast<std::size_t>(algorithm); }

bool is_digest_field(FieldName name) { return name == FieldName::content_digest || name == FieldName::repr_digest; }

/// True when the Trailer field names a digest field.
bool announces_digest(std::string_view names) {
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(','), names.size());
        if (is_digest_field(http::find_field_name(base::trim_blanks(names.substr(0, end))))) return true;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return false;
}

template <std::size_t N>
bool equal(const std::array<std::byte, N>& stated, std::string_view computed) {
    return std::ranges::equal(stated, std::as_bytes(std::span(computed)));
}

}  // namespace

std::expected<BodyDigests, http::Refusal> BodyDigests::of(const http::Request& request, Covers covers) {
    BodyDigests digests;
    digests.covers_ = covers;
    if (!storage::has_digests()) return digests;
    std::string storage;
    for (const FieldName name : {FieldName::content_digest, FieldName::repr_digest}) {
        if (!request.fields.has(name) || (covers == Covers::part && name == FieldName::repr_digest)) continue;
        // The content is the representation: neither codings nor ranges are accepted in bodies.
        if (const auto refusal = digests.expect(*request.find_list(name, storage))) return std::unexpected(*refusal);
    }
    if (request.fields.has(FieldName::want_repr_digest) && covers == Covers::whole) {
        digests.wanted_ = http::parse_wanted_digest(*request.find_list(FieldName::want_repr_digest, storage));
        if (digests.wanted_) digests.hash(*digests.wanted_);
    }
    if (request.framing.kind == http::Framing::Kind::chunked && request.fields.has(FieldName::trailer) &&
        announces_digest(*request.find_list(FieldName::trailer, storage))) {
        // The algorithm is not known before the end.
        digests.hash(DigestAlgorithm::sha_256);
        digests.hash(DigestAlgorithm::sha_512);
    }
    for (const http::Digests& stated : digests.expected_) {
        if (stated.sha_256) digests.hash(DigestAlgorithm::sha_256);
        if (stated.sha_512) digests.hash(DigestAlgorithm::sha_512);
    }
    return digests;
}

std::optional<http::Refusal> BodyDigests::expect(std::string_view value) {
    const auto stated = http::parse_digests(value);
    if (!stated) return http::Refusal{http::Status::bad_request, http::digest_error_text(stated.error())};
    if (stated->any()) expected_.push_back(*stated);
    return std::nullopt;
}

void BodyDigests::hash(DigestAlgorithm algorithm) {
    auto& running = running_[index(algorithm)];
    if (running == nullptr) running = storage::Digester::make(algorithm);
}

void BodyDigests::update(std::span<const std::byte> block) {
    for (const auto& running : running_) {
        if (running != nullptr) running->update(block);
    }
}

std::string BodyDigests::computed() const {
    std::string value;
    for (const auto algorithm : kAlgorithms) {
        const std::string& result = results_[index(algorithm)];
        if (value.empty() && !result.empty()) http::append_digest(value, algorithm, std::as_bytes(std::span(result)));
    }
    return value;
}

bool BodyDigests::matches(const http::Digests& digests) const {
    if (digests.sha_256 && !equal(*digests.sha_256, results_[index(DigestAlgorithm::sha_256)])) return false;
    return !digests.sha_512 || equal(*digests.sha_512, results_[index(DigestAlgorithm::sha_512)]);
}

std::optional<http::Refusal> BodyDigests::take_trailers(std::string_view trailers) {
    if (!storage::has_digests()) return std::nullopt;
    while (!trailers.empty()) {
        const std::size_t end = std::min(trailers.find("\r\n"), trailers.size());
        const std::string_view line = trailers.substr(0, end);
        trailers.remove_prefix(std::min(end + 2, trailers.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const FieldName name = http::find_field_name(line.substr(0, colon));
        if (!is_digest_field(name) || (covers_ == Covers::part && name == FieldName::repr_digest)) continue;
        if (const auto refusal = expect(base::trim_blanks(line.substr(colon + 1)))) return refusal;
    }
    return std::nullopt;
}

bool BodyDigests::is_hashed(DigestAlgorithm algorithm) const {
    return running_[index(algorithm)] != nullptr || !results_[index(algorithm)].empty();
}

bool BodyDigests::lacks_some() const {
    return std::ranges::any_of(expected_, [&](const http::Digests& stated) {
        return (stated.sha_256 && !is_hashed(DigestAlgorithm::sha_256)) ||
               (stated.sha_512 && !is_hashed(DigestAlgorithm::sha_512));
    });
}

void BodyDigests::end_running() {
    for (const auto algorithm : kAlgorithms) {
        const auto running = std::move(running_[index(algorithm)]);
        if (running != nullptr) results_[index(algorithm)] = running->finish();
    }
}

void BodyDigests::begin_again() {
    end_running();
    for (const http::Digests& stated : expected_) {
        if (stated.sha_256 && !is_hashed(DigestAlgorithm::sha_256)) hash(DigestAlgorithm::sha_256);
        if (stated.sha_512 && !is_hashed(DigestAlgorithm::sha_512)) hash(DigestAlgorithm::sha_512);
    }
}

std::optional<http::Refusal> BodyDigests::finish() {
    end_running();
    if (lacks_some()) return kNotComputed;
    if (!std::ranges::all_of(expected_, [&](const http::Digests& stated) { return matches(stated); })) return kMismatch;
    if (wanted_ && !results_[index(*wanted_)].empty()) {
        repr_digest_.clear();
        http::append_digest(repr_digest_, *wanted_, std::as_bytes(std::span(results_[index(*wanted_)])));
    }
    return std::nullopt;
}

}  // namespace handler
