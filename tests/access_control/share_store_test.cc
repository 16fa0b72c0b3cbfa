// Share links on the disk: what is found again, by whom, and what ends it.
#include "access_control/share_store.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>

#include "access_control/tokens.h"
#include "storage/temporary_file.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using access_control::ShareLink;
using access_control::ShareScan;
using access_control::ShareStore;
using Kind = access_control::ShareStore::Found::Kind;

namespace {

struct Bench {
    support::TempDir directory;
    storage::FileRoot root = *storage::FileRoot::open(directory.path(), storage::Symlinks::none);
    ShareStore store{root};

    [[nodiscard]] std::string file_of(const ShareLink& link) const { return ".godwit/" + link.id + ".share"; }
    [[nodiscard]] std::string mode_of(const std::string& name) const {
        struct stat status{};
        REQUIRE(::stat(directory.at(name).c_str(), &status) == 0);
        return std::to_string(status.st_mode >> 6 & 7U) + std::to_string(status.st_mode & 077U);
    }
};

ShareLink new_link(std::string maker = "alice") {
    return {.id = access_control::make_share_id(),
            .maker = std::move(maker),
            .path = "/private/",
            .made_s = 1'700'000'000,
            .ends_s = 1'700'086'400,
            .limit = 2};
}

std::vector<ShareLink> all_in(const ShareStore& store) {
    ShareScan scan(store);
    while (!scan.work()) {
    }
    REQUIRE(scan.error() == 0);
    return scan.take_links();
}

}  // namespace

TEST_CASE("share store: a link is found by its token, also by another process", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const ShareLink link = new_link();
    const auto made = bench.store.make(link);
    REQUIRE(made.has_value());
    CHECK(made->file->get() >= 0);
    const auto found = ShareStore(bench.root).find(made->token);
    CHECK(found.kind == Kind::known);
    CHECK(found.link == link);
}

TEST_CASE("share store: what is not a token of a link is unknown", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const std::string nothing(access_control::kShareTokenDigits, '0');
    CHECK(bench.store.find(nothing).kind == Kind::unknown);  // there is no directory
    const ShareLink link = new_link();
    const ShareLink other = new_link();
    const std::string token = bench.store.make(link)->token;
    const std::string other_token = bench.store.make(other)->token;
    CHECK(bench.store.find(nothing).kind == Kind::unknown);
    CHECK(bench.store.find("").kind == Kind::unknown);
    for (const std::size_t at : {access_control::kShareIdDigits, token.size() - 1}) {
        std::string changed = token;
        changed[at] = changed[at] == '0' ? '1' : '0';
        CHECK(bench.store.find(changed).kind == Kind::unknown);
    }
    CHECK(bench.store.find(link.id + other_token.substr(link.id.size())).kind == Kind::unknown);
    CHECK(bench.store.find(token.substr(0, token.size() - 1)).kind == Kind::unknown);
}

TEST_CASE("share store: key and links are for the server's user alone", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const ShareLink link = new_link();
    const std::string token = bench.store.make(link)->token;
    CHECK(bench.mode_of(".godwit/.godwit-share.key") == "60");
    CHECK(bench.mode_of(bench.file_of(link)) == "60");
    CHECK(bench.directory.read(".godwit/.godwit-share.key").size() == 32);
    CHECK(bench.directory.list().size() == 3);  // nothing is left of making the key
    // The token is not in the link's file.
    CHECK(bench.directory.read(bench.file_of(link)).find(token.substr(link.id.size())) == std::string::npos);
}

TEST_CASE("share store: what a process leaves that dies while it makes the key has a name that is swept",
          "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const struct rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        std::signal(SIGXFSZ, SIG_DFL);
        ::setrlimit(RLIMIT_FSIZE, &none);  // the first byte that is written ends the process
        (void)bench.store.make(new_link());
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    const auto left = bench.directory.list();
    REQUIRE(left.size() == 2);
    CHECK(storage::is_temporary_name(left[1].substr(left[1].rfind('/') + 1)));
}

TEST_CASE("share store: a key that others can read counts for nothing", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const std::string token = bench.store.make(new_link())->token;
    const std::string key = bench.directory.at(".godwit/.godwit-share.key");
    REQUIRE(::chmod(key.c_str(), 0640) == 0);
    CHECK(bench.store.find(token).kind == Kind::failed);
    CHECK(bench.store.make(new_link()).error() == EPERM);
    REQUIRE(::chmod(key.c_str(), 0600) == 0);
    CHECK(bench.store.find(token).kind == Kind::known);
    bench.directory.write(".godwit/.godwit-share.key", "short");
    CHECK(bench.store.find(token).kind == Kind::failed);
}

TEST_CASE("share store: another key ends all links", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const std::string token = bench.store.make(new_link())->token;
    bench.directory.write(".godwit/.godwit-share.key", std::string(32, 'k'));
    CHECK(bench.store.find(token).kind == Kind::unknown);
}

TEST_CASE("share store: uses are counted in the file", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const ShareLink link = new_link();
    const std::string token = bench.store.make(link)->token;
    CHECK_FALSE(bench.store.find(token).link.is_used_up());
    REQUIRE(bench.store.take_use(link.id, 1'700'000'100).has_value());
    CHECK(bench.store.find(token).link.uses == 1);
    CHECK(bench.store.find(token).link.used_s == 1'700'000'100);
    REQUIRE(bench.store.take_use(link.id, 1'700'000'200).has_value());
    CHECK(bench.store.find(token).link.is_used_up());
    CHECK(bench.store.take_use(link.id, 1'700'000'300).error() == EDQUOT);
    CHECK(bench.store.read(link.id)->uses == 2);
    CHECK(bench.store.take_use("0000000000000000", 1).error() == ENOENT);
    CHECK(bench.store.take_use("../../etc/passwd", 1).error() == ENOENT);
}

TEST_CASE("share store: uses without a limit are counted, and take no more room", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    ShareLink link = new_link();
    link.limit = 0;
    const std::string token = bench.store.make(link)->token;
    REQUIRE(bench.store.take_use(link.id, 1'700'000'100).has_value());
    const std::size_t bytes = bench.directory.read(bench.file_of(link)).size();
    for (int use = 2; use <= 12; ++use) REQUIRE(bench.store.take_use(link.id, 1'700'000'200).has_value());
    CHECK(bench.directory.read(bench.file_of(link)).size() == bytes);
    const auto found = bench.store.find(token);
    CHECK(found.kind == Kind::known);
    CHECK(found.link.uses == 12);
    CHECK(found.link.used_s == 1'700'000'200);
    CHECK_FALSE(found.link.is_used_up());
}

TEST_CASE("share store: a use whose line was cut off stays one", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const ShareLink link = new_link();
    const std::string token = bench.store.make(link)->token;
    bench.directory.write(bench.file_of(link), bench.directory.read(bench.file_of(link)) + "use");
    REQUIRE(bench.store.take_use(link.id, 1'700'000'100).has_value());
    CHECK(bench.store.find(token).link.uses == 2);
}

TEST_CASE("share store: a link whose file is changed or damaged is none", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const ShareLink link = new_link();
    const std::string token = bench.store.make(link)->token;
    const std::string text = bench.directory.read(bench.file_of(link));
    std::string changed = text;
    changed.replace(changed.find("/private/"), 9, "/");
    bench.directory.write(bench.file_of(link), changed);
    CHECK(bench.store.find(token).kind == Kind::unknown);
    bench.directory.write(bench.file_of(link), text.substr(0, 40));
    CHECK(bench.store.find(token).kind == Kind::unknown);
    ShareScan scan(bench.store);
    while (!scan.work()) {
    }
    CHECK(scan.damaged() == std::vector<std::string>{link.id});
    bench.directory.write(bench.file_of(link), text);
    CHECK(bench.store.find(token).kind == Kind::known);
}

TEST_CASE("share store: what was revoked is unknown", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    const ShareLink link = new_link();
    const std::string token = bench.store.make(link)->token;
    REQUIRE(bench.store.remove(link.id).has_value());
    CHECK(bench.store.find(token).kind == Kind::unknown);
    CHECK(bench.store.remove(link.id).error() == ENOENT);
    CHECK(bench.store.remove("../secret").error() == ENOENT);
}

TEST_CASE("share store: a scan finds all links, whatever lies between them", "[access_control][share]") {
    if (!access_control::has_tokens()) return;
    const Bench bench;
    CHECK(all_in(bench.store).empty());
    bench.directory.write(".godwit/0123456789abcdef.upload", "an upload");
    bench.directory.write(".godwit/not-a-link.share", "x");
    for (int i = 0; i < 150; ++i) {
        ShareLink link = new_link(i % 3 == 0 ? "alice" : "bob");
        link.made_s += 1'000 - i;
        REQUIRE(bench.store.make(link).has_value());
    }
    const auto links = all_in(bench.store);
    CHECK(links.size() == 150);
    CHECK(std::ranges::is_sorted(links, {}, &ShareLink::made_s));
    CHECK(std::ranges::count(links, "alice", &ShareLink::maker) == 50);
}
