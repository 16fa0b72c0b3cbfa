// Which badges count: those that this server made, until their time is over, unless their user signed out. Owned by
// sign_in. The key is of this process, so no badge outlives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access_control/badge.h"
#include "access_control/keyed_digest.h"
#include "base/clock.h"

namespace access_control {

class Badges {
public:
    /// When more badges than this are ended, all that the user was given with this password before the present second
    /// end.
    static constexpr std::size_t kMostEndedOfOneUser = 16;

    /// `lasting_s`: seconds that a badge counts, 1 to a year. `clock` outlives this.
    Badges(const base::Clock& clock, std::int64_t lasting_s) : clock_(clock), lasting_s_(lasting_s) {}

    /// The text of a new badge; empty when there can be none, because this build has no SHA-256 or `stamp` is empty.
    [[nodiscard]] std::string make(std::string_view name, std::string_view stamp);
    /// nullopt: it is none, or does not count any more.
    [[nodiscard]] std::optional<Badge> find(std::string_view text) const;
    /// From here on it does not count, whoever has a copy of it.
    void end(const Badge& badge);

    [[nodiscard]] std::int64_t lasting_s() const { return lasting_s_; }
    /// How many passwords there are for which badges were given that ended; each password was right once.
    [[nodiscard]] std::size_t size() const { return ended_.size(); }
    [[nodiscard]] const std::uint64_t& made() const { return made_; }
    [[nodiscard]] const std::uint64_t& ended() const { return ended_count_; }

private:
    struct Number {
        std::string number;
        std::int64_t ends_s = 0;
    };
    /// The ended badges of one user with one password: those of an old password end none of a new one.
    struct Ended {
        std::int64_t all_before_s = 0;  ///< badges whose time is over before then, whatever their number
        std::vector<Number> numbers;
    };

    void drop_over();

    const base::Clock& clock_;
    std::int64_t lasting_s_;
    DigestKey key_ = make_digest_key();
    std::unordered_map<std::string, Ended> ended_;
    std::uint64_t made_ = 0;
    std::uint64_t ended_count_ = 0;
};

}  // namespace access_control
