// Sites whose rights are given by lines of --grant, for tests of writes.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "access_control/grants.h"
#include "support/catch.h"
#include "support/write_answers.h"

namespace support {

/// Everything is allowed that `lines` give. `prompts`: where signing in comes first.
inline site::SiteConfig granting(const std::vector<std::string>& lines, std::vector<std::string> prompts = {}) {
    site::SiteConfig config = AnsweringSite::all_allowed();
    std::vector<access_control::Grant> grants;
    for (const std::string& line : lines) {
        auto grant = access_control::parse_grant(line);
        REQUIRE(grant.has_value());
        grants.push_back(std::move(*grant));
    }
    config.grants = std::make_shared<const access_control::Grants>(std::move(grants), std::move(prompts));
    config.symlinks = storage::Symlinks::none;
    return config;
}

/// The status that a form of the page gets: `directory` with the query `action`.
inline int by_form(AnsweringSite& site, const std::string& directory, const std::string& action,
                   std::string_view body) {
    constexpr std::string_view kUrlencoded = "Content-Type: application/x-www-form-urlencoded\r\n";
    return site.upload("POST", directory + "?" + action, body, kUrlencoded).status();
}

}  // namespace support
