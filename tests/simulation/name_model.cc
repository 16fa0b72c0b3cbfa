// A write cannot be seen any more once a later one was answered before the reader asked.
#include "simulation/name_model.h"

#include <algorithm>
#include <cstdio>

namespace simulation {

NameModel::Number NameModel::begin(std::optional<std::string> content, Moment now) {
    writes_.push_back({std::move(content), now, kNever, Write::Outcome::open});
    return writes_.size() - 1;
}

void NameModel::end(Number write, Write::Outcome outcome, Moment now) {
    writes_[write].outcome = outcome;
    writes_[write].ended = now;
}

bool NameModel::is_possible(Number write, const View& view) const {
    const Write& seen = writes_[write];
    if (seen.outcome == Write::Outcome::refused || seen.begun > view.to) return false;
    if (writes_[view.behind].begun > seen.ended) return false;
    return std::ranges::none_of(writes_, [&](const Write& later) {
        return later.outcome == Write::Outcome::done && later.begun > seen.ended && later.ended < view.from;
    });
}

bool NameModel::note_tag(std::string_view tag, Number write) {
    const auto [at, is_new] = tags_.try_emplace(std::string(tag), write);
    return is_new || writes_[at->second].content == writes_[write].content;
}

std::optional<NameModel::Number> NameModel::find_tag(std::string_view tag) const {
    const auto found = tags_.find(tag);
    if (found == tags_.end()) return std::nullopt;
    return found->second;
}

bool NameModel::fill() {
    const auto may_have_emptied = [](const Write& write) {
        return !write.content && write.outcome != Write::Outcome::refused;
    };
    return ++filled_ <= static_cast<std::size_t>(std::ranges::count_if(writes_, may_have_emptied));
}

std::string NameModel::describe(const View& view) const {
    std::string text = "it may hold";
    for (Number number = 0; number < writes_.size(); ++number) {
        if (!is_possible(number, view)) continue;
        const auto& content = writes_[number].content;
        text += content ? " " + content->substr(0, 16) + " (" + std::to_string(content->size()) + " bytes)"
                        : std::string(" nothing");
    }
    return text;
}

std::string make_content(std::uint32_t number, std::size_t length) {
    std::string content;
    content.reserve(length + 16);
    char cell[32];
    while (content.size() < length) {
        std::snprintf(cell, sizeof cell, "[%06u:%07zx]", number % 1'000'000U, content.size() % 0x1000'0000);
        content += cell;
    }
    content.resize(length);
    return content;
}

}  // namespace simulation
