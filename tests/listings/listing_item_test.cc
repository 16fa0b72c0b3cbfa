// What one entry of a directory tells the formats.
#include "listings/listing_item.h"

#include <sys/stat.h>

#include <string>

#include "base/clock.h"
#include "storage/validators.h"
#include "support/catch.h"

using listings::ListingEntry;
using listings::ListingItem;

namespace {

struct stat looked_at() {
    struct stat status{};
    status.st_ino = 77;
    status.st_size = 1'234;
    status.st_mtim = {1'000'000'000, 5};
    status.st_ctim = {1'000'000'000, 5};
    return status;
}

constexpr base::UnixNs kLater = 1'700'000'000 * base::kNsPerSecond;

}  // namespace

TEST_CASE("listing item: a file has its length, its time and the tag of a GET", "[listing]") {
    ListingItem item;
    item.name = "a";
    item.look(looked_at());
    std::string storage;
    const ListingEntry entry = item.entry(kLater, storage);
    CHECK(entry.bytes == 1'234);
    CHECK(entry.modified_seconds == 1'000'000'000);
    CHECK(entry.modified_ns == 5);
    CHECK(entry.entity_tag == storage::make_entity_tag(looked_at(), false));
    CHECK(entry.access == ListingEntry::Access::readable);
}

TEST_CASE("listing item: the tag of a file that was written just now is weak", "[listing]") {
    ListingItem item;
    item.look(looked_at());
    std::string storage;
    const base::UnixNs now = 1'000'000'000 * base::kNsPerSecond + 10;
    CHECK(item.entry(now, storage).entity_tag.starts_with("W/\""));
}

TEST_CASE("listing item: a folder has neither a length nor a tag", "[listing]") {
    ListingItem item;
    item.kind = ListingEntry::Kind::directory;
    item.look(looked_at());
    std::string storage;
    const ListingEntry entry = item.entry(kLater, storage);
    CHECK(entry.bytes == 0);
    CHECK(entry.entity_tag.empty());
    CHECK(entry.modified_seconds == 1'000'000'000);
}

TEST_CASE("listing item: one that cannot be looked at forgets what an earlier look found", "[listing]") {
    ListingItem item;
    item.look(looked_at());
    item.mark_unknown();
    std::string storage;
    const ListingEntry entry = item.entry(kLater, storage);
    CHECK(entry.access == ListingEntry::Access::unknown);
    CHECK(entry.bytes == 0);
    CHECK(entry.entity_tag.empty());
    item.look(looked_at());
    CHECK(item.entry(kLater, storage).access == ListingEntry::Access::readable);
}
