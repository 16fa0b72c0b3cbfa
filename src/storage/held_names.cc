// The waiting lines for names.
#include "storage/held_names.h"

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

namespace storage {

NameClaim::NameClaim(HeldNames& names, base::WakeQueue& wakes, const std::vector<Target>& wanted)
    : lines_(names.lines_), wakes_(&wakes) {
    for (std::size_t number = 0; number < wanted.size(); ++number) {
        const auto& [directory, name] = wanted[number];
        std::unique_ptr<const HeldName> held(new HeldName(directory, name));
        parts_.push_back({{DirectoryId::of(directory), name}, std::move(held), number});
    }
    std::ranges::sort(parts_, {}, &Part::key);
    assert(std::ranges::adjacent_find(parts_, {}, &Part::key) == parts_.end());
}

NameClaim::~NameClaim() {
    for (const Part& part : std::span(parts_).first(in_line_)) {
        const auto line = lines_->find(part.key);
        auto& claims = line->second;
        const bool held = claims.front() == this;
        // The one that held it leaves in one step: a long line would cost the square of its length.
        if (held) {
            claims.pop_front();
        } else {
            std::erase(claims, this);
        }
        if (claims.empty()) {
            lines_->erase(line);
        } else if (held) {
            wakes_->wake(claims.front()->wake_);
        }
    }
}

bool NameClaim::advance(http::Wake wake) {
    wake_ = wake;
    while (true) {
        if (in_line_ > 0 && lines_->at(parts_[in_line_ - 1].key).front() != this) return false;
        if (in_line_ == parts_.size()) return true;
        (*lines_)[parts_[in_line_].key].push_back(this);
        ++in_line_;
    }
}

bool NameClaim::is_for(int directory, const std::string& name) const {
    const bool same = parts_.size() == 1 && parts_.front().name->name() == name;
    return same && parts_.front().name->directory() == directory;
}

const HeldName& NameClaim::held(std::size_t number) const {
    const auto part = std::ranges::find(parts_, number, &Part::number);
    assert(part != parts_.end() && in_line_ == parts_.size());
    return *part->name;
}

}  // namespace storage
