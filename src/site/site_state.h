// What a site keeps when its rules are replaced: the cache, held names, pending uploads, what is known of the file of
// records, and what all listings share. Owned by Site; used by the handlers of every set of rules.
#pragma once

#include <memory>
#include <optional>

#include "access_control/share_store.h"
#include "access_control/sign_in.h"
#include "archives/archives.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/memory_budget.h"
#include "files/digest_queue.h"
#include "files/representation_cache.h"
#include "http/memory_share.h"
#include "listings/listing_shares.h"
#include "listings/page_assets.h"
#include "records/record_file.h"
#include "site/health.h"
#include "site/share_parts.h"
#include "site/site_config.h"
#include "site/write_turn.h"
#include "storage/held_names.h"
#include "storage/locks.h"
#include "storage/new_directories.h"
#include "storage/tree_removal.h"
#include "storage/write_parts.h"
#include "uploads/copy_shares.h"
#include "uploads/form_shares.h"
#include "uploads/leftover_sweep.h"
#include "uploads/upload_store.h"

namespace site {

struct SiteState {
    /// Everything but `rules` outlives this.
    SiteState(const storage::FileRoot& root, const SiteConfig& rules, const base::Clock& clock,
              const base::ArrivalClock& arrivals, storage::DiskQueue& disk, base::MemoryBudget& memory,
              Writer writer = Writer::ourselves);
    SiteState(const SiteState&) = delete;
    SiteState& operator=(const SiteState&) = delete;

    /// What is opened, stored and kept from here on follows `rules`. The size of the cache stays.
    void follow(const SiteConfig& rules);
    /// What everything about share links works with, under `rules`.
    [[nodiscard]] ShareParts share_parts_for(const SiteConfig& rules);
    /// What all writes under `rules` share.
    [[nodiscard]] storage::WriteParts parts_for(const SiteConfig& rules);

    [[nodiscard]] storage::Locks* locks_for(const SiteConfig& rules);

    /// The process before this one changes nothing any more: reads what it left, under `rules`, and lets those go on
    /// who waited for that.
    void begin_writing(const SiteConfig& rules);
    /// From here on another process changes what is on the disk: nothing is removed without a request any more.
    void give_up_writing();

    void register_counters(base::Counters& counters);
    /// Does what is due without a request, for about a millisecond.
    void tidy();
    /// When tidy() wants to be called; nullopt: there is nothing to do.
    [[nodiscard]] std::optional<base::MonotonicMs> tidy_due() const;

    const storage::FileRoot& root;
    const base::Clock& clock;
    storage::DiskQueue& disk;
    WriteTurn turn;
    files::RepresentationCache cache;
    files::DigestQueue digests;
    storage::NewDirectories new_directories;
    storage::HeldNames names;
    storage::Locks locks;
    storage::WriteCounts written;
    storage::TreeRemoval trees;
    storage::WriteParts parts;  ///< of pending uploads and records; under the rules of now
    listings::ListingShares listing_shares;
    http::MemoryShare archives_share;
    uploads::UploadStore uploads;
    uploads::FormShares forms;
    uploads::CopyShares copies;
    std::shared_ptr<records::RecordFile> records;  ///< what is known of the file that was served last, or null
    Health health;
    listings::PageAssets page_assets;
    std::optional<uploads::LeftoverSweep> sweep;  ///< once something may be written
    access_control::SignIn* sign_in = nullptr;    ///< null: nobody can sign in
    access_control::ShareStore shares;
    ShareCounts share_counts;
    std::uint64_t misdirected = 0;  ///< requests for hosts that are not answered
    base::Counters::Registration misdirected_shown;
    base::Counters::Registration shares_shown;
    base::Counters::Registration memory_shown;
    base::Counters* counters = nullptr;  ///< once they are shown
    base::Counters::Registration forms_shown;
    base::Counters::Registration copies_shown;
    base::Counters::Registration written_shown;

private:
    void read_what_was_left(const SiteConfig& rules);
};

}  // namespace site
