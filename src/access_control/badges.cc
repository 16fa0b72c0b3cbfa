// All badges last equally long, so one that ends later was made later.
#include "access_control/badges.h"

#include <algorithm>

namespace access_control {

std::string Badges::make(std::string_view name, std::string_view stamp) {
    if (stamp.empty()) return {};
    std::string text = print_badge({.name = std::string(name),
                                    .stamp = std::string(stamp),
                                    .ends_s = clock_.unix_seconds() + lasting_s_,
                                    .number = make_badge_number()},
                                   key_);
    if (!text.empty()) ++made_;
    return text;
}

std::optional<Badge> Badges::find(std::string_view text) const {
    auto badge = read_badge(text, key_);
    if (!badge || badge->ends_s <= clock_.unix_seconds()) return std::nullopt;
    const auto ended = ended_.find(sign_in_key(badge->name, badge->stamp));
    if (ended == ended_.end()) return badge;
    if (badge->ends_s < ended->second.all_before_s) return std::nullopt;
    const bool has_ended =
        std::ranges::find(ended->second.numbers, badge->number, &Number::number) != ended->second.numbers.end();
    if (has_ended) return std::nullopt;
    return badge;
}

void Badges::end(const Badge& badge) {
    drop_over();
    ++ended_count_;
    Ended& ended = ended_[sign_in_key(badge.name, badge.stamp)];
    if (ended.numbers.size() >= kMostEndedOfOneUser) {
        // Badges of the present second are ended one by one, by their numbers: one may be new, and its browser is about
        // to get it. There are no more of them than passwords can be checked in a second.
        const std::int64_t before_s = clock_.unix_seconds() + lasting_s_;
        ended.all_before_s = before_s;
        std::erase_if(ended.numbers, [before_s](const Number& each) { return each.ends_s < before_s; });
    }
    ended.numbers.push_back({badge.number, badge.ends_s});
}

/// What is over by itself does not have to be remembered.
void Badges::drop_over() {
    const std::int64_t now_s = clock_.unix_seconds();
    for (auto& [name, ended] : ended_) {
        std::erase_if(ended.numbers, [now_s](const Number& each) { return each.ends_s <= now_s; });
    }
    std::erase_if(
        ended_, [now_s](const auto& each) { return each.second.numbers.empty() && each.second.all_before_s <= now_s; });
}

}  // namespace access_control
