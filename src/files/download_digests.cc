// Which digests are wanted, and the wait for them.
#include "files/download_digests.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace files {
namespace {

using http::DigestAlgorithm;
using http::FieldName;

/// A field of the answer, and the algorithm that the client prefers for it.
struct Wanted {
    std::string_view name;
    std::optional<DigestAlgorithm> algorithm;
};

std::optional<DigestAlgorithm> wanted_in(const http::Request& request, FieldName name) {
    if (!request.fields.has(name)) return std::nullopt;
    std::string storage;
    return http::parse_wanted_digest(*request.find_list(name, storage));
}

/// A response that is complete but for its digests.
class DigestedResponse final : public http::PendingResponse {
public:
    DigestedResponse(DigestQueue& queue, const http::Request& request, std::shared_ptr<const Representation> found,
                     http::Coding coding, http::Response response)
        : queue_(queue),
          client_(request.client.key),
          method_(request.method),
          found_(std::move(found)),
          coding_(coding),
          response_(std::move(response)) {
        wanted_[0] = {"Repr-Digest", wanted_in(request, FieldName::want_repr_digest)};
        const bool whole = response_.status == http::Status::ok && method_ == http::Method::get;
        if (whole) wanted_[1] = {"Content-Digest", wanted_in(request, FieldName::want_content_digest)};
        go_on();
    }

    std::optional<http::Response> advance(http::Wake wake) override {
        while (wait_ != nullptr) {
            if (!wait_->advance(wake)) return std::nullopt;
            add_field(wanted_[step_++]);
            go_on();
        }
        return take();
    }

    [[nodiscard]] bool may_be_given_up() const override { return true; }
    /// False when everything wanted is there: take() has it.
    [[nodiscard]] bool is_waiting() const { return wait_ != nullptr; }

    [[nodiscard]] http::Response take() {
        use_made_form();
        return std::move(response_);
    }

private:
    /// Adds what is known, up to the first digest that has to be waited for.
    void go_on() {
        wait_.reset();
        for (; step_ < wanted_.size(); ++step_) {
            const Wanted& wanted = wanted_[step_];
            if (wanted.algorithm) wait_ = queue_.make(found_, coding_, *wanted.algorithm, client_);
            if (wait_ != nullptr) return;
            add_field(wanted);
        }
    }

    void add_field(const Wanted& wanted) {
        if (!wanted.algorithm) return;
        const std::string& digest = found_->form(coding_).digest(*wanted.algorithm);
        if (!digest.empty()) response_.add(wanted.name, digest);
    }

    /// The form was compressed for its digest, and is sent as it is now.
    void use_made_form() {
        const Form& form = found_->form(coding_);
        if (!std::holds_alternative<std::unique_ptr<http::BodySource>>(response_.body)) return;
        if (form.state() != Form::State::ready) return;
        if (method_ == http::Method::head) {
            response_.body = std::monostate();
            response_.stated_length = form.length();
        } else {
            Representation::send_whole(found_, coding_, response_.body);
        }
    }

    DigestQueue& queue_;
    http::ClientKey client_;
    http::Method method_;
    std::shared_ptr<const Representation> found_;
    http::Coding coding_;
    http::Response response_;
    std::array<Wanted, 2> wanted_;
    std::size_t step_ = 0;  ///< of wanted_: the one being made
    std::unique_ptr<DigestQueue::Wait> wait_;
};

}  // namespace

handler::Decision with_digests(DigestQueue& queue, const http::Request& request,
                               const std::shared_ptr<const Representation>& found, http::Coding coding,
                               http::Response response) {
    auto pending = std::make_unique<DigestedResponse>(queue, request, found, coding, std::move(response));
    if (pending->is_waiting()) return pending;
    return pending->take();
}

}  // namespace files
