// How each part takes over new rules.
#include "site/site_state.h"

#include <algorithm>

namespace site {
namespace {

files::RepresentationRules representation_rules(const SiteConfig& rules) {
    return {.policy = {.level = rules.compression_level},
            .cache_rules = files::CacheRules(rules.cache_rules),
            .media_types = rules.media_types,
            .charsets = rules.charsets,
            .confines_pages = rules.confines_pages(),
            .takes_uploads = rules.allow_upload || rules.allow_replace};
}

}  // namespace

SiteState::SiteState(const storage::FileRoot& served, const SiteConfig& rules, const base::Clock& loop_clock,
                     const base::ArrivalClock& arrivals, storage::DiskQueue& queue, base::MemoryBudget& memory,
                     Writer writer)
    : root(served),
      clock(loop_clock),
      disk(queue),
      turn(writer),
      cache(root, clock, arrivals, {.max_bytes = std::min(rules.cache_bytes, most_cache_bytes(memory.limit()))},
            representation_rules(rules), &disk, base::MemoryCharge(memory)),
      digests(disk.wakes(), cache),
      locks(root, clock),
      trees(queue, loop_clock),
      parts(parts_for(rules)),
      listing_shares(clock, most_listing_bytes(memory.limit())),
      archives_share(most_archive_bytes(memory.limit())),
      uploads(parts, {.expiry_s = rules.upload_expiry_s,
                      .max_pending_per_client = rules.max_uploads_per_client,
                      .max_bytes_per_client = rules.max_upload_bytes_per_client}),
      page_assets(clock),
      shares(root) {
    if (turn.is_ours()) {
        read_what_was_left(rules);
    } else {
        uploads.put_off_loading();
    }
}

void SiteState::read_what_was_left(const SiteConfig& rules) {
    if (rules.speaks_dav) locks.load();
    if (!rules.allows_writing() || sweep) return;
    sweep.emplace(root, disk, clock, trees);
    if (counters != nullptr) sweep->register_counters(*counters);
}

void SiteState::begin_writing(const SiteConfig& rules) {
    read_what_was_left(rules);
    uploads.go_on();
    turn.begin(disk.wakes());
}

void SiteState::give_up_writing() {
    turn.give_up();
    sweep.reset();
}

void SiteState::follow(const SiteConfig& rules) {
    cache.replace_rules(representation_rules(rules));
    parts.durability = rules.durability;
    parts.min_free_bytes = rules.min_free_bytes;
    parts.locks = locks_for(rules);
    uploads.set_expiry(rules.upload_expiry_s);
    uploads.set_max_per_client(rules.max_uploads_per_client);
    uploads.unfinished().set_most(rules.max_upload_bytes_per_client);
    if (turn.is_ours()) read_what_was_left(rules);
}

/// Without WebDAV nobody can make one, and none counts.
storage::Locks* SiteState::locks_for(const SiteConfig& rules) { return rules.speaks_dav ? &locks : nullptr; }

storage::WriteParts SiteState::parts_for(const SiteConfig& rules) {
    return {.root = root,
            .new_directories = new_directories,
            .names = names,
            .disk = disk,
            .clock = clock,
            .changes = &cache,
            .durability = rules.durability,
            .min_free_bytes = rules.min_free_bytes,
            .trees = &trees,
            .locks = locks_for(rules),
            .counts = &written};
}

ShareParts SiteState::share_parts_for(const SiteConfig& rules) {
    return {.root = root,
            .store = shares,
            .disk = disk,
            .clock = clock,
            .counts = share_counts,
            .durability = rules.durability};
}

void SiteState::register_counters(base::Counters& registry) {
    counters = &registry;
    cache.register_counters(registry);
    uploads.register_counters(registry);
    misdirected_shown =
        registry.add({base::counter("requests_misdirected", base::CounterKind::total,
                                    "requests refused because of the host that they name", misdirected)});
    using enum base::CounterKind;
    shares_shown = registry.add(
        {base::counter("share_links_made", total, "share links that were made", share_counts.made),
         base::counter("share_links_over_share", total, "share links not made because there are too many",
                       share_counts.over_share),
         base::counter("share_links_revoked", total, "share links that their makers revoked", share_counts.revoked),
         base::counter("share_links_used", total, "uses of share links", share_counts.used),
         base::counter("share_links_refused", total, "requests with a share link that is unknown or over",
                       share_counts.refused)});
    memory_shown =
        registry.add({base::counter("listings_over_share", base::CounterKind::total,
                                    "times that a client's listings held as much memory as one client may",
                                    listing_shares.over_share()),
                      base::counter("archives_over_share", base::CounterKind::total,
                                    "times that a client's archives held as much memory as one client may",
                                    archives_share.over_share()),
                      base::counter("digests_over_share", base::CounterKind::total,
                                    "digests not made because their client waits for too many", digests.over_share())});
    forms_shown = forms.register_counters(registry);
    copies_shown = copies.register_counters(registry);
    written_shown = registry.add(
        {base::counter("uploads_committed", base::CounterKind::total, "uploads of any kind that became files",
                       written.files_committed),
         base::counter("files_copied", base::CounterKind::total, "files that were copied", written.files_copied),
         base::counter("entries_moved", base::CounterKind::total, "files and folders that were moved or renamed",
                       written.entries_moved)});
    trees.register_counters(registry);
    locks.register_counters(registry);
    if (sweep) sweep->register_counters(registry);
}

void SiteState::tidy() {
    if (!turn.is_ours()) return;
    uploads.tidy();
    locks.tidy();
    if (trees.due() && *trees.due() <= clock.now_ms()) trees.advance();
    if (sweep && sweep->due() && *sweep->due() <= clock.now_ms()) sweep->advance();
}

std::optional<base::MonotonicMs> SiteState::tidy_due() const {
    if (!turn.is_ours()) return std::nullopt;
    std::optional<base::MonotonicMs> first = trees.due();
    for (const auto& due : {sweep ? sweep->due() : std::nullopt, uploads.tidy_due(), locks.due()}) {
        if (due && (!first || *due < *first)) first = due;
    }
    return first;
}

}  // namespace site
