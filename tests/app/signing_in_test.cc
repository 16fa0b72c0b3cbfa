// What is looked at before the process that checks passwords is started.
#include "app/signing_in.h"

#include <filesystem>

#include "support/catch.h"
#include "support/temp_dir.h"

TEST_CASE("signing in: a users file that is not there is named in the refusal", "[app][access]") {
    const support::TempDir folder;
    app::Options options;
    CHECK(app::check_users(options).has_value());
    options.users_file = folder.at("gone");
    const auto checked = app::check_users(options);
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().find(folder.at("gone")) != std::string::npos);
}

TEST_CASE("signing in: the name of the users file is absolute afterwards", "[app][access]") {
    const support::TempDir folder;
    folder.write("users", "");
    std::filesystem::permissions(folder.at("users"), std::filesystem::perms::owner_read);
    app::Options options;
    options.users_file = std::filesystem::relative(folder.at("users")).string();
    (void)app::check_users(options);
    CHECK(options.users_file.starts_with('/'));
    CHECK(std::filesystem::equivalent(options.users_file, folder.at("users")));
}
