// Asks the same rules as a request does, and says what took rights away.
#include "app/explain.h"

#include <memory>
#include <utility>
#include <vector>

#include "access_control/users_file.h"
#include "access_control/users_source.h"
#include "app/option_values.h"
#include "handler/resource.h"
#include "handler/rights.h"
#include "storage/file_root.h"

namespace app {
namespace {

using access_control::Grant;
using access_control::Grants;
using handler::Right;
using handler::Rights;

/// The name that stands for everybody who signed in; no user has it.
constexpr std::string_view kAnySignedIn = "+";

/// Null for anyone.
std::expected<std::shared_ptr<const http::User>, std::string> find_user(const Options& options) {
    const std::string& name = options.explained.user;
    if (name == "*") return nullptr;
    if (name == kAnySignedIn) return std::make_shared<const http::User>(http::User{name, {}});
    const std::string shown = printable(name);
    if (!access_control::is_user_name(name)) {
        return std::unexpected("--explain: \"" + shown +
                               "\" is no name of a user; who is a name, + (anyone signed in) or * (anyone)");
    }
    const bool may_be_certified = !options.client_ca_file.empty();
    if (options.users_file.empty() && !may_be_certified) {
        return std::unexpected("--explain: there is no user " + shown +
                               ", because --users names no file of them; * is "
                               "anyone");
    }
    // Whoever vouches for clients may give this name to one.
    auto by_certificate =
        std::make_shared<const http::User>(http::User{.name = name, .groups = {}, .has_account = false});
    if (options.users_file.empty()) return by_certificate;
    const auto users = access_control::read_users(options.users_file);
    if (!users) return std::unexpected(printable(users.error(), kWholeText));
    const access_control::Account* const account = users->find(name);
    if (account == nullptr && may_be_certified) return by_certificate;
    if (account == nullptr) {
        return std::unexpected("--explain: there is no user " + shown + " in " +
                               printable(options.users_file, kWholeText));
    }
    return std::make_shared<const http::User>(http::User{account->name, account->groups});
}

/// What the options without a path say, as the one line that they are short for.
Grants line_of_short_options(const site::SiteConfig& site) {
    Grant root{.path = "/", .who = Grant::Who::anyone, .name = {}, .rights = Rights(Right::read, Right::list)};
    if (site.allow_upload) root.rights.add(Right::create);
    if (site.allow_upload && site.allow_replace) root.rights.add(Right::replace);
    if (site.allow_delete) root.rights.add(Right::remove);
    return Grants({std::move(root)});
}

/// The short options that were given, because the line about "/" and anyone has their rights too.
std::string short_options_text(const Options& options) {
    std::string names;
    for (const OptionWord& word : options.words) {
        const OptionId id = word.spec->id;
        if (id != id_allow_upload && id != id_allow_replace && id != id_allow_delete) continue;
        names += (names.empty() ? "" : ", ") + option_name(*word.spec);
    }
    return names.empty() ? std::string() : "  the line / * has the rights of " + names + "\n";
}

/// `granted` by lines, `left` after the rules that hold everywhere.
std::string losses_text(Rights granted, Rights left, std::string_view path, storage::DotFiles dot_files) {
    Rights lost_list;
    Rights lost_writing;
    for (const Right right : {Right::list, Right::create, Right::replace, Right::remove}) {
        if (!granted.has(right) || left.has(right)) continue;
        (right == Right::list ? lost_list : lost_writing).add(right);
    }
    std::string text;
    if (lost_list != Rights()) text += "  without list, because of --no-listing\n";
    if (lost_writing != Rights()) {
        text += "  without " + access_control::rights_text(lost_writing) +
                ": below /.well-known/ only --allow-well-known gives them\n";
    }
    if (storage::is_hidden(path, dot_files)) {
        text += "  but names that begin with a dot are neither served nor written\n";
    } else if (dot_files == storage::DotFiles::write && storage::has_dot_name(path)) {
        text += "  but names that begin with a dot are only for those who may write there\n";
    }
    return text;
}

}  // namespace

std::expected<std::string, std::string> explain_rights(const Options& options) {
    const std::string& path = options.explained.path;
    if (!access_control::is_plain_path(path)) {
        return std::unexpected(
            "--explain: \"" + printable(path) +
            "\" is no path below the directory; it begins with / and has no empty, . or .. segments");
    }
    const auto user = find_user(options);
    if (!user) return std::unexpected(user.error());
    const auto grants =
        options.grants.empty() ? line_of_short_options(options.site) : Grants(options.grants, options.auth_prompts);
    const handler::Client client{*user};
    const Rights granted = grants.rights_at(path, client);
    const Rights left = options.site.resolve_rights({handler::Resource::Kind::file, path}, client);
    std::string who = *user == nullptr ? "anyone" : (*user)->name;
    if (who == kAnySignedIn) who = "anyone signed in";
    return who + " at " + path + ": " + access_control::rights_text(left) + "\n" +
           grants.lines_text(user->get(), path) + losses_text(granted, left, path, options.site.dot_files) +
           (grants.place_of(path) == "/" ? short_options_text(options) : std::string());
}

}  // namespace app
