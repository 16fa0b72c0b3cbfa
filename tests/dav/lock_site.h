// A site that speaks WebDAV, and its locks, for the tests of LOCK and of what it is in the way of.
#pragma once

#include <string>
#include <string_view>

#include "dav/xml_reader.h"
#include "support/granting.h"
#include "support/write_answers.h"

struct LockSite : support::AnsweringSite {
    explicit LockSite(site::SiteConfig config = all_allowed()) : AnsweringSite(speaking(std::move(config))) {
        directory.write("f", "x");
        directory.write("d/a", "x");
    }
    static site::SiteConfig speaking(site::SiteConfig config) {
        config.speaks_dav = true;
        return config;
    }
    support::Answer lock(std::string_view target, std::string_view fields = {}, std::string_view scope = "exclusive",
                         std::string_view owner = {}) {
        return upload("LOCK", target,
                      "<lockinfo xmlns='DAV:'><lockscope><" + std::string(scope) +
                          "/></lockscope><locktype><write/></locktype><owner>" + std::string(owner) +
                          "</owner></lockinfo>",
                      fields);
    }
    /// The token with its brackets.
    std::string take(std::string_view target, std::string_view fields = {}) {
        return lock(target, fields).field("Lock-Token");
    }
    static std::string with(std::string_view token) { return "If: (" + std::string(token) + ")\r\n"; }
    static std::string lock_token(std::string_view token) { return "Lock-Token: " + std::string(token) + "\r\n"; }
    void sign_in(std::string name) { user = std::make_shared<const http::User>(http::User{std::move(name), {}}); }
};

inline bool has(const support::Answer& answer, std::string_view part) {
    return answer.body().find(part) != std::string::npos;
}
