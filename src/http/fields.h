// The field lines of one head or trailer section (RFC 9110 §5), as offsets into its text, which may move. Filled by
// HeadParser, HeadBuilder and the trailer parser, read everywhere.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/field_name.h"
#include "http/limits.h"

namespace http {

/// A part of a text that is kept elsewhere.
struct Slice {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;

    /// `text`: the one that the slice was taken from.
    [[nodiscard]] std::string_view of(std::string_view text) const {
        assert(std::size_t{offset} + length <= text.size());
        return {text.data() + offset, length};
    }
};

struct Field {
    Slice name;
    Slice value;  ///< without OWS at its ends
    FieldName known = FieldName::other;
};

class Fields {
public:
    void clear() {
        count_ = 0;
        present_ = 0;
    }
    /// False when there is no room for another: the section is refused (431).
    [[nodiscard]] bool add(const Field& field) {
        if (count_ == lines_.size()) return false;
        lines_[count_++] = field;
        present_ |= bit(field.known);
        return true;
    }

    [[nodiscard]] bool has(FieldName name) const { return (present_ & bit(name)) != 0; }
    /// True when at least one of the names is present; one test of bits for names known at compile time.
    template <class... Names>
    [[nodiscard]] bool has_any(Names... names) const {
        return (present_ & (bit(names) | ...)) != 0;
    }
    /// The number of lines with this name.
    [[nodiscard]] std::size_t count(FieldName name) const;
    /// The first line's value. Right for fields that are no list; `text` is the section's text.
    [[nodiscard]] std::optional<std::string_view> find(FieldName name, std::string_view text) const;
    /// All values of the name in order, joined by ", " (RFC 9110 §5.3). One line costs no copy:
    /// the view is of `text` then, of `storage` otherwise.
    [[nodiscard]] std::optional<std::string_view> find_list(FieldName name, std::string_view text,
                                                            std::string& storage) const;

    [[nodiscard]] const Field* begin() const { return lines_.data(); }
    [[nodiscard]] const Field* end() const { return lines_.data() + count_; }
    [[nodiscard]] std::size_t size() const { return count_; }

private:
    static constexpr std::uint64_t bit(FieldName name) { return std::uint64_t{1} << static_cast<unsigned>(name); }

    std::array<Field, kMaxFields> lines_;
    std::uint32_t count_ = 0;
    std::uint64_t present_ = 0;
};

}  // namespace http
