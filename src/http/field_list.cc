// The layout of a field list's text: "name: value" and a line end for each field.
#include "http/field_list.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/put_text.h"

namespace http {
namespace {

constexpr std::string_view kBetween = ": ";
constexpr std::string_view kLineEnd = "\r\n";
/// The fields that a handler adds to an answer rarely take more.
constexpr std::size_t kFirstBytes = 160;

}  // namespace

void FieldList::add(std::string_view name, std::string_view value) {
    const std::size_t begin = text_.size();
    const std::size_t end = begin + name.size() + kBetween.size() + value.size() + kLineEnd.size();
    if (end > text_.capacity()) text_.reserve(std::max(end, kFirstBytes));
    text_.resize_and_overwrite(end, [&](char* text, std::size_t) {
        return static_cast<std::size_t>(put(put(put(put(text + begin, name), kBetween), value), kLineEnd) - text);
    });
    const Place place{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(name.size())};
    if (count_ < kInlinePlaces) {
        places_[count_] = place;
    } else {
        if (further_ == nullptr) further_ = std::make_unique<std::vector<Place>>();
        further_->push_back(place);
    }
    ++count_;
}

std::optional<std::string_view> FieldList::find(std::string_view name, std::size_t first) const {
    for (std::size_t i = first; i < count_; ++i) {
        const FieldView field = (*this)[i];
        if (base::equals_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

FieldView FieldList::operator[](std::size_t index) const {
    const Place at = place(index);
    const std::size_t end = index + 1 == count_ ? text_.size() : place(index + 1).begin;
    const std::string_view line = std::string_view(text_).substr(at.begin, end - at.begin - kLineEnd.size());
    return {line.substr(0, at.name_bytes), line.substr(at.name_bytes + kBetween.size())};
}

}  // namespace http
