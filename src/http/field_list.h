// The fields of a response as names and values. Filled by handlers, looked through by the site, written by a wire
// format: HTTP/2 takes one field after the other, HTTP/1 copies the lines of a whole list at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

/// One field of a response (RFC 9110 §5). Both parts are views of the list's text.
struct FieldView {
    std::string_view name;
    std::string_view value;

    [[nodiscard]] bool operator==(const FieldView&) const = default;
};

/// Fields in order; a name may stand there several times. Names are compared without regard to case.
/// The text of all fields is one string, and each field knows where in it its name and value are. The bytes between
/// them are those of HTTP/1, so that its head is written by one copy; only Http1Lines may see them.
class FieldList {
public:
    class Iterator;

    FieldList() = default;
    FieldList(std::initializer_list<FieldView> fields) {
        for (const FieldView& field : fields) add(field.name, field.value);
    }
    FieldList(FieldList&& other) noexcept { take(other); }
    FieldList& operator=(FieldList&& other) noexcept {
        if (this != &other) take(other);
        return *this;
    }
    FieldList(const FieldList&) = delete;
    FieldList& operator=(const FieldList&) = delete;
    ~FieldList() = default;

    /// Appends a field. The caller guarantees that `name` is a token and that `value` holds no control byte.
    void add(std::string_view name, std::string_view value);

    /// The value of the first field with this name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const { return find(name, 0); }
    /// The same among the fields from number `first` on.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name, std::size_t first) const;
    [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }

    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    /// `index` is below size(). The views are valid until the list changes or moves.
    [[nodiscard]] FieldView operator[](std::size_t index) const;
    [[nodiscard]] Iterator begin() const;
    [[nodiscard]] Iterator end() const;

    /// For a list that is filled once and kept.
    void reserve_bytes(std::size_t bytes) { text_.reserve(bytes); }
    void shrink_to_fit() { text_.shrink_to_fit(); }
    /// What the list takes besides its own size.
    [[nodiscard]] std::size_t memory_bytes() const { return text_.capacity(); }

private:
    friend class Http1Lines;

    /// The name begins at `begin`; the value lies behind it and its ": ", and ends two bytes before the next field.
    struct Place {
        std::uint32_t begin;
        std::uint32_t name_bytes;
    };
    /// An answer of a handler has up to five fields, a prepared list up to eight: these need no allocation.
    static constexpr std::size_t kInlinePlaces = 8;

    void take(FieldList& other) noexcept {
        text_ = std::move(other.text_);
        further_ = std::move(other.further_);
        count_ = std::exchange(other.count_, 0);
        for (std::size_t i = 0; i < count_ && i < kInlinePlaces; ++i) places_[i] = other.places_[i];
    }
    [[nodiscard]] Place place(std::size_t index) const {
        return index < kInlinePlaces ? places_[index] : (*further_)[index - kInlinePlaces];
    }

    std::string text_;
    std::unique_ptr<std::vector<Place>> further_;  ///< behind the inline ones; a pointer, so that a move stays cheap
    std::uint32_t count_ = 0;
    std::array<Place, kInlinePlaces> places_;
};

/// Goes through a list; gives its fields by value.
class FieldList::Iterator {
public:
    using difference_type = std::ptrdiff_t;
    using value_type = FieldView;

    Iterator() = default;
    Iterator(const FieldList& list, std::size_t index) : list_(&list), index_(index) {}
    FieldView operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
        ++index_;
        return *this;
    }
    Iterator operator++(int) { return {*list_, index_++}; }
    [[nodiscard]] bool operator==(const Iterator&) const = default;

private:
    const FieldList* list_ = nullptr;
    std::size_t index_ = 0;
};

inline FieldList::Iterator FieldList::begin() const { return {*this, 0}; }
inline FieldList::Iterator FieldList::end() const { return {*this, count_}; }

/// The fields of a list from one of them to the end, without a copy: a 304 has the last fields of a 200.
class FieldTail {
public:
    FieldTail() = default;
    /// The list must outlive this, and must not change. `first` is at most list.size().
    explicit FieldTail(const FieldList& list, std::size_t first = 0)
        : list_(&list), first_(static_cast<std::uint32_t>(first)) {}

    [[nodiscard]] bool empty() const { return list_ == nullptr || first_ == list_->size(); }
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
        return list_ == nullptr ? std::nullopt : list_->find(name, first_);
    }
    [[nodiscard]] FieldList::Iterator begin() const {
        return list_ == nullptr ? FieldList::Iterator() : FieldList::Iterator(*list_, first_);
    }
    [[nodiscard]] FieldList::Iterator end() const { return list_ == nullptr ? FieldList::Iterator() : list_->end(); }

private:
    friend class Http1Lines;

    const FieldList* list_ = nullptr;
    std::uint32_t first_ = 0;
};

}  // namespace http
