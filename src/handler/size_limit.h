// How long one upload may be, and the words of the refusal of a longer one. A part of WriteRules; asked by uploads/.
#pragma once

#include <cstdint>
#include <string>

#include "http/framing.h"

namespace handler {

class SizeLimit {
public:
    /// No limit.
    SizeLimit() = default;
    /// `bytes`: 0 is no limit.
    explicit SizeLimit(std::uint64_t bytes);

    /// 0: there is none.
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] bool is_exceeded_by(std::uint64_t bytes) const { return bytes_ > 0 && bytes > bytes_; }
    /// 413 (RFC 9110 §15.5.14). A guest is told the limit, the log the option. `reason` is a part of this.
    [[nodiscard]] http::Refusal refusal() const {
        return {http::Status::content_too_large, sentence_, "longer than --max-body allows"};
    }

private:
    std::uint64_t bytes_ = 0;
    std::string sentence_;
};

}  // namespace handler
