// What one name may hold, as its clients can know: a register that many write at once. A write counts from the moment
// its client begins to send it until its client has read the answer; in between, and for ever when there is no answer,
// a reader may see it or what was there before. Used by clients to check what they receive, and by the world to check
// what is on the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulation {

/// The order of what clients do and see.
using Moment = std::uint64_t;
inline constexpr Moment kNever = std::numeric_limits<Moment>::max();

/// A write of one name: content, or nothing where the name is removed.
struct Write {
    enum class Outcome : std::uint8_t {
        open,     ///< not answered
        done,     ///< answered with success
        refused,  ///< answered with a refusal: it must never be seen
        unknown,  ///< it may have been done or not
    };
    std::optional<std::string> content;
    Moment begun = 0;
    Moment ended = kNever;
    Outcome outcome = Outcome::open;
};

class NameModel {
public:
    using Number = std::size_t;
    /// At first the name holds `initial`.
    explicit NameModel(std::optional<std::string> initial) {
        writes_.push_back({std::move(initial), 0, 0, Write::Outcome::done});
    }

    Number begin(std::optional<std::string> content, Moment now);
    void end(Number write, Write::Outcome outcome, Moment now);
    [[nodiscard]] const Write& at(Number write) const { return writes_.at(write); }

    /// What a reader may have seen that asked at `from` and was answered at `to`.
    struct View {
        Moment from;
        Moment to;
        /// A write that was asked for before on the same connection and succeeded: the server had made it. At first:
        /// what the name held in the beginning.
        Number behind = 0;
    };
    [[nodiscard]] bool is_possible(Number write, const View& view) const;
    /// The same for a write for which `matches(content)` is true; nullopt: there is none.
    template <class Matches>
    [[nodiscard]] std::optional<Number> find(const View& view, Matches matches) const {
        for (Number number = writes_.size(); number-- > 0;) {
            if (matches(writes_[number].content) && is_possible(number, view)) return number;
        }
        return std::nullopt;
    }
    [[nodiscard]] bool may_be(const std::optional<std::string>& content, const View& view) const {
        return find(view, [&](const auto& held) { return held == content; }).has_value();
    }
    [[nodiscard]] bool may_be_absent(const View& view) const { return may_be(std::nullopt, view); }
    [[nodiscard]] bool may_be_present(const View& view) const {
        return find(view, [](const auto& held) { return held.has_value(); }).has_value();
    }

    /// An answer showed this tag together with the content of `write`. False when the tag was another content's before.
    [[nodiscard]] bool note_tag(std::string_view tag, Number write);
    /// The content that had this tag; nullopt: no answer showed it.
    [[nodiscard]] std::optional<Number> find_tag(std::string_view tag) const;
    /// A write on the condition that the name had this tag succeeded. False when another one did before: a content can
    /// be replaced once.
    [[nodiscard]] bool replace_tag(const std::string& tag) { return ++replaced_[tag] == 1; }
    /// A write on the condition that the name was free succeeded. False when it was not free so often.
    [[nodiscard]] bool fill();

    /// For the words of a violation.
    [[nodiscard]] std::string describe(const View& view) const;

private:
    std::vector<Write> writes_;
    std::map<std::string, Number, std::less<>> tags_;
    std::map<std::string, int, std::less<>> replaced_;
    std::size_t filled_ = 0;
};

/// Content that tells whose it is at every place: cells of 16 bytes with its number and their offset.
[[nodiscard]] std::string make_content(std::uint32_t number, std::size_t length);

}  // namespace simulation
