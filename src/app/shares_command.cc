// One line for each link: its id first, which revoking takes, and its path last, which may hold anything.
#include "app/shares_command.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <expected>
#include <string>
#include <string_view>

#include "access_control/share_store.h"
#include "app/option_values.h"
#include "base/clock.h"
#include "listings/page_text.h"
#include "storage/file_root.h"

namespace app {
namespace {

using access_control::ShareLink;
using access_control::ShareScan;
using access_control::ShareStore;

void print(std::FILE* stream, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

std::string line_of(const ShareLink& link, std::int64_t now_s) {
    std::string line = link.id + "  " + link.maker + "  " + (link.is_over_at(now_s) ? "ended " : "until ");
    listings::append_date_time(line, link.ends_s);
    line += "Z  ";
    line += std::to_string(link.uses);
    if (link.limit > 0) line += " of " + std::to_string(link.limit);
    line += (link.limit > 0 ? link.limit : link.uses) == 1 ? " use  " : " uses  ";
    line += link.gives == http::LinkGives::dropping ? "dropping  " : "reading  ";
    return line + printable(link.path, kWholeText) + "\n";
}

std::string text_of(int error) {
    if (error == EACCES || error == EPERM) return "only the user of the server, or root, may do this";
    return std::strerror(error);
}

std::expected<void, std::string> list(const ShareStore& store) {
    ShareScan scan(store);
    while (!scan.work()) {
    }
    if (scan.error() != 0) return std::unexpected("the share links cannot be read: " + text_of(scan.error()));
    const base::SystemClock clock;
    for (const ShareLink& link : scan.take_links()) print(stdout, line_of(link, clock.unix_seconds()));
    for (const std::string& id : scan.damaged()) print(stdout, id + "  damaged, worth nothing\n");
    return {};
}

std::expected<void, std::string> revoke(const ShareStore& store, const std::string& id) {
    const auto directory = store.remove(id);
    if (!directory && directory.error() == ENOENT) {
        return std::unexpected("there is no share link " + printable(id) + "; godwit shares DIR lists them");
    }
    if (!directory) return std::unexpected("the share link cannot be removed: " + text_of(directory.error()));
    if (::fsync((*directory)->get()) != 0 && errno != EINVAL) {
        return std::unexpected("the share link is removed, but the disk failed: " + text_of(errno));
    }
    return {};
}

}  // namespace

std::optional<int> run_shares_command(std::span<char* const> words) {
    if (words.size() == 2 && std::string_view(words[1]) == "shares" && ::access("shares", F_OK) != 0) {
        print(stderr, "godwit: shares needs the directory whose share links it shows: godwit shares DIR\n");
        return 2;
    }
    // A directory may have such a name, and options may follow it.
    if (words.size() < 3 || std::string_view(words[1]) != "shares" || *words[2] == '-') return std::nullopt;
    const bool revokes = words.size() == 5 && std::string_view(words[3]) == "revoke";
    if (words.size() != 3 && !revokes) {
        print(stderr, "godwit: shares takes one word or three: godwit shares DIR, or godwit shares DIR revoke ID\n");
        return 2;
    }
    const auto root = storage::FileRoot::open(words[2], storage::Symlinks::none);
    if (!root) {
        print(stderr, "godwit: " + printable(root.error(), kWholeText) + "\n");
        return 1;
    }
    const ShareStore store(*root);
    const auto done = revokes ? revoke(store, words[4]) : list(store);
    if (done) return 0;
    print(stderr, "godwit: " + done.error() + "\n");
    return 1;
}

}  // namespace app
