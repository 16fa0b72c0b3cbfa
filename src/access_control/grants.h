// Who may do what where: the lines of --grant, and the lookup in them. The lines of the longest path that holds a
// resource count, and are added up. Of a sidecar the lines of its file count as well: who may read it reads the file,
// and who may write it changes what others get for the file. The paths of --auth-prompt take all rights from clients
// that did not sign in, so that no way to a path passes them by: names in a body, archives, searches. Made at the
// start; asked once per request through handler::RightsRules. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "handler/rights.h"
#include "http/user.h"

namespace access_control {

/// One line: "PATH WHO RIGHTS".
struct Grant {
    enum class Who : std::uint8_t {
        anyone,     ///< "*"
        signed_in,  ///< "+"
        group,      ///< "@name"
        user,       ///< "name"
    };
    std::string path;  ///< "/" or without a slash at its end
    Who who = Who::anyone;
    std::string name;  ///< of the user or the group
    handler::Rights rights;

    /// `user`: who asks; null when nobody signed in.
    [[nodiscard]] bool applies_to(const http::User* user) const;
    /// The line again, its rights in the order of the table.
    [[nodiscard]] std::string text() const;
};

/// True for a path as requests have it once they are decoded: no empty and no dot segments.
[[nodiscard]] bool is_plain_path(std::string_view path);

/// The error is one sentence that says what is wrong with the line.
[[nodiscard]] std::expected<Grant, std::string> parse_grant(std::string_view line);

/// "read list create", in the order of handler::Right; "none" for none.
[[nodiscard]] std::string rights_text(handler::Rights rights);

class Grants final : public handler::PathRights {
public:
    /// `prompts`: paths of --auth-prompt, each "/" or without a slash at its end.
    explicit Grants(std::vector<Grant> grants, std::vector<std::string> prompts = {});

    [[nodiscard]] handler::Rights rights_at(std::string_view path, const handler::Client& client) const override;
    [[nodiscard]] handler::Rights rights_by_link(std::string_view path, const http::SharedPath& shared) const override;
    [[nodiscard]] std::string_view place_of(std::string_view path) const override;
    [[nodiscard]] bool is_same_for_all(std::string_view path) const override;
    [[nodiscard]] bool has_places_below(std::string_view directory) const override;
    [[nodiscard]] bool asks_to_sign_in_at(std::string_view path) const override { return !prompt_of(path).empty(); }

    /// True when somebody has `right` somewhere.
    [[nodiscard]] bool allows_somewhere(handler::Right right) const;
    /// Sorted by path; the lines of one path in the order in which they were given.
    [[nodiscard]] const std::vector<Grant>& lines() const { return lines_; }
    /// The lines that decide about `path`, each with whether it is about `user` (null: nobody signed in), and what a
    /// path of --auth-prompt takes away: text for the operator, in which every line ends with a newline.
    [[nodiscard]] std::string lines_text(const http::User* user, std::string_view path) const;

private:
    /// The lines of one path.
    struct Range {
        std::size_t first = 0;
        std::size_t end = 0;
    };
    [[nodiscard]] Range find(std::string_view path) const;
    /// Gives `take` the lines about each file that `path` would be a sidecar of.
    template <typename Take>
    void for_each_file(std::string_view path, Take take) const;
    /// The path of --auth-prompt that holds `path`, or the file that it is a sidecar of; empty: none does.
    [[nodiscard]] std::string_view prompt_of(std::string_view path) const;
    [[nodiscard]] handler::Rights rights_of(const Range& range, const http::User* user) const;
    [[nodiscard]] handler::Rights rights_by_lines(std::string_view path, const http::User* user) const;

    std::vector<Grant> lines_;
    std::vector<std::string> prompts_;  ///< sorted
};

}  // namespace access_control
