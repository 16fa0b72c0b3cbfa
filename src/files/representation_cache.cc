// Entries by path and by use. Every answer is either checked after its request arrived or opened afresh.
#include "files/representation_cache.h"

#include <cassert>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/growing_bytes.h"
#include "files/file_source.h"
#include "media/deflate_encoder.h"

namespace files {
namespace {

media::DeflateEncoder::Format format_of(Coding coding) {
    return coding == Coding::gzip ? media::DeflateEncoder::Format::gzip : media::DeflateEncoder::Format::zlib;
}

/// The cache made the representation, and only the cache changes it: it adds coded forms, and never touches what a
/// response may hold.
std::shared_ptr<Representation> changeable(const std::shared_ptr<const Representation>& found) {
    return std::const_pointer_cast<Representation>(found);
}

/// Entries that one call of shrink() looks at: well below a millisecond.
constexpr int kShrinkLooks = 2'048;

/// All that is compressed at once in one turn, about a millisecond of work; more is compressed while it is sent.
constexpr std::uint64_t kAtOncePerTurn = 64 * 1024;

}  // namespace

/// Collects what a compressing source gives, unless another one does, and hands it to the cache at the end.
class RepresentationCache::Keeper final : public CompressingSource::Keeper {
public:
    Keeper(RepresentationCache& cache, std::shared_ptr<Representation> representation, Coding coding)
        : cache_(cache), representation_(std::move(representation)), coding_(coding) {}
    ~Keeper() override { give_up(); }

    void append(std::span<const std::byte> coded) override {
        if (stage_ == Stage::fresh) begin();
        if (stage_ != Stage::collecting) return;
        const std::size_t total = collected_.size() + coded.size();
        if (total > cache_.builder_.rules().policy.max_kept_bytes ||
            cache_.collecting_bytes_ + coded.size() > cache_.limits_.max_bytes / 2) {
            give_up();
            return;
        }
        cache_.collecting_bytes_ += coded.size();
        cache_.update_charge();
        collected_.append(coded);
    }

    void complete() override {
        if (stage_ != Stage::collecting) return;
        cache_.collecting_bytes_ -= collected_.size();
        cache_.update_charge();
        stage_ = Stage::ended;
        collected_.trim();
        auto kept = std::make_shared<const base::GrowingBytes>(std::move(collected_));
        const std::span<const std::byte> bytes = kept->bytes();
        cache_.keep(*representation_, coding_, {std::move(kept), bytes});
    }

private:
    enum class Stage : std::uint8_t { fresh, collecting, ended };

    void begin() {
        stage_ = Stage::ended;
        if (representation_->form(coding_).state() != Form::State::to_make) return;
        RepresentationBuilder::set_state(*representation_, coding_, Form::State::making);
        stage_ = Stage::collecting;
    }

    void give_up() {
        if (stage_ != Stage::collecting) return;
        stage_ = Stage::ended;
        cache_.collecting_bytes_ -= collected_.size();
        cache_.update_charge();
        collected_ = base::GrowingBytes();
        RepresentationBuilder::set_state(*representation_, coding_, Form::State::to_make);
    }

    RepresentationCache& cache_;
    std::shared_ptr<Representation> representation_;
    Coding coding_;
    Stage stage_ = Stage::fresh;
    base::GrowingBytes collected_;
};

RepresentationCache::RepresentationCache(const storage::FileRoot& root, const base::Clock& clock,
                                         const base::ArrivalClock& arrivals, const CacheLimits& limits,
                                         RepresentationRules rules, storage::DiskQueue* disk, base::MemoryCharge charge)
    : root_(root),
      clock_(clock),
      arrivals_(arrivals),
      limits_(limits),
      builder_(root, clock, limits.small_file_bytes, std::move(rules), disk),
      charge_(std::move(charge)) {}

RepresentationCache::~RepresentationCache() = default;

std::expected<std::shared_ptr<const Representation>, FindError> RepresentationCache::find(std::string_view path,
                                                                                          std::uint64_t arrival) {
    if (const auto found = by_path_.find(path); found != by_path_.end()) {
        Entry& entry = *found->second;
        if ((entry.checked_at >= arrival && entry.epoch == epoch_) || still_holds(entry)) {
            entries_.splice(entries_.begin(), entries_, found->second);
            entry.used_at = clock_.unix_ns();
            ++counters_.hits;
            return entry.representation;
        }
        ++counters_.reopened;
        erase(found->second);
    }
    ++counters_.misses;
    return open(path);
}

bool RepresentationCache::still_holds(Entry& entry) {
    ++counters_.checks;
    if (!entry.representation->is_settled()) return false;
    if (!entry.watch.holds(root_, entry.representation->path(), clock_.unix_ns())) return false;
    entry.checked_at = arrivals_.latest;
    entry.epoch = epoch_;
    return true;
}

std::expected<std::shared_ptr<const Representation>, FindError> RepresentationCache::open(std::string_view path) {
    auto opened = builder_.open(path);
    if (!opened && opened.error() == FindError::exhausted && counters_.descriptors > 0) {
        make_room(limits_.max_bytes, counters_.descriptors / 2);
        opened = builder_.open(path);
    }
    if (!opened) return std::unexpected(opened.error());
    std::shared_ptr<const Representation> representation = opened->representation;
    if (representation->kind() == Representation::Kind::file) insert(std::move(*opened));
    return representation;
}

void RepresentationCache::insert(Opened opened) {
    Entry& entry = entries_.emplace_front();
    entry.representation = std::move(opened.representation);
    entry.watch = opened.watch;
    entry.checked_at = arrivals_.latest;
    entry.epoch = epoch_;
    entry.used_at = clock_.unix_ns();
    by_path_.emplace(entry.representation->path(), entries_.begin());
    counters_.entries = entries_.size();
    count(entry);
    make_room(limits_.max_bytes, limits_.max_descriptors);
}

void RepresentationCache::erase(Entries::iterator entry) {
    counters_.bytes -= entry->bytes;
    counters_.descriptors -= entry->descriptors;
    by_path_.erase(entry->representation->path());
    entries_.erase(entry);
    counters_.entries = entries_.size();
    update_charge();
}

void RepresentationCache::count(Entry& entry) {
    counters_.bytes -= entry.bytes;
    counters_.descriptors -= entry.descriptors;
    entry.bytes = sizeof entry + entry.representation->memory_bytes();
    entry.descriptors = entry.representation->descriptors();
    counters_.bytes += entry.bytes;
    counters_.descriptors += entry.descriptors;
    update_charge();
}

void RepresentationCache::make_room(std::size_t max_bytes, std::size_t max_descriptors) {
    while (!entries_.empty() && (counters_.bytes > max_bytes || counters_.descriptors > max_descriptors)) {
        erase(std::prev(entries_.end()));
        ++counters_.evictions;
    }
}

void RepresentationCache::keep(Representation& representation, Coding coding, http::Blob bytes) {
    RepresentationBuilder::set_bytes(representation, coding, std::move(bytes));
    ++counters_.coded_made;
    recount(representation);
}

void RepresentationCache::keep_digest(const std::shared_ptr<const Representation>& found, Coding coding,
                                      http::DigestAlgorithm algorithm, std::string value) {
    const auto representation = changeable(found);
    RepresentationBuilder::set_digest(*representation, coding, algorithm, std::move(value));
    recount(*representation);
}

void RepresentationCache::recount(const Representation& representation) {
    const auto found = by_path_.find(representation.path());
    if (found == by_path_.end() || found->second->representation.get() != &representation) return;
    count(*found->second);
    make_room(limits_.max_bytes, limits_.max_descriptors);
}

/// The clock does not move within a turn. One file at least is compressed in each.
bool RepresentationCache::take_from_turn(std::uint64_t bytes) {
    const base::UnixNs now = clock_.unix_ns();
    if (std::exchange(turn_, now) != now) compressed_ = 0;
    if (compressed_ > 0 && compressed_ + bytes > kAtOncePerTurn) return false;
    compressed_ += bytes;
    return true;
}

Coding RepresentationCache::settle(const std::shared_ptr<const Representation>& found, Coding wanted) {
    if (wanted == Coding::identity) return wanted;
    const Form& form = found->form(wanted);
    if (form.state() == Form::State::ready) ++counters_.coded_hits;
    if (form.state() == Form::State::none) return Coding::identity;
    if (form.state() == Form::State::ready) return wanted;
    const bool is_short = found->file() == nullptr && found->length() <= builder_.rules().policy.at_once_bytes;
    if (!is_short || !take_from_turn(found->length())) return wanted;
    const auto representation = changeable(found);
    auto bytes = media::encode_whole(format_of(wanted), builder_.rules().policy.level, found->bytes(),
                                     found->bytes().size() - 1);
    if (!bytes) {
        RepresentationBuilder::set_state(*representation, wanted, Form::State::none);
        return Coding::identity;
    }
    keep(*representation, wanted, blob_of(std::make_shared<const std::vector<std::byte>>(std::move(*bytes))));
    return wanted;
}

std::unique_ptr<http::BodySource> RepresentationCache::compress(const std::shared_ptr<const Representation>& found,
                                                                Coding coding) {
    assert(found->form(coding).state() == Form::State::to_make || found->form(coding).state() == Form::State::making);
    return std::make_unique<CompressingSource>(found->file(), http::Blob{found, found->bytes()}, found->length(),
                                               format_of(coding), builder_.rules().policy.level,
                                               std::make_unique<Keeper>(*this, changeable(found), coding));
}

void RepresentationCache::path_changed(std::string_view path) {
    // Another entry may depend on the path (as its sidecar, or through a link): all entries are checked again once.
    ++epoch_;
    if (const auto found = by_path_.find(path); found != by_path_.end()) erase(found->second);
    if (!path.ends_with('/')) return;
    // With a directory goes what is below it: an open file would keep its space on the disk.
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto each = entry++;
        if (each->representation->path().starts_with(path)) erase(each);
    }
}

void RepresentationCache::drop_unused(base::UnixNs age_ns) {
    const base::UnixNs oldest = clock_.unix_ns() - age_ns;
    while (!entries_.empty() && entries_.back().used_at < oldest) erase(std::prev(entries_.end()));
}

std::size_t RepresentationCache::shrink(std::size_t bytes) {
    const std::size_t before = counters_.bytes;
    auto entry = entries_.end();
    for (int looks = 0; looks < kShrinkLooks && entry != entries_.begin(); ++looks) {
        if (before - counters_.bytes >= bytes) break;
        const auto next = std::prev(entry);
        if (next->representation.use_count() > 1 || next->representation->is_being_sent()) {
            entry = next;
            continue;
        }
        erase(next);
        ++counters_.evictions;
    }
    return before - counters_.bytes;
}

void RepresentationCache::replace_rules(RepresentationRules rules) {
    builder_.replace_rules(std::move(rules));
    while (!entries_.empty()) erase(entries_.begin());
}

void RepresentationCache::register_counters(base::Counters& counters) {
    using enum base::CounterKind;
    using base::counter;
    counters_shown_ = counters.add({
        counter("cache_hits", total, "requests answered by an entry of the cache", counters_.hits),
        counter("cache_misses", total, "requests for which the file had to be opened", counters_.misses),
        counter("cache_checks", total, "entries that were compared with the file system", counters_.checks),
        counter("cache_reopened", total, "entries that were found changed", counters_.reopened),
        counter("cache_evictions", total, "entries dropped to make room", counters_.evictions),
        counter("cache_coded_hits", total, "compressed representations that were in the cache", counters_.coded_hits),
        counter("cache_coded_made", total, "representations compressed and kept", counters_.coded_made),
        counter("cache_bytes", gauge, "bytes of memory that the cache holds", counters_.bytes),
        counter("cache_descriptors", gauge, "descriptors that the cache holds", counters_.descriptors),
        counter("cache_entries", gauge, "entries of the cache", counters_.entries),
    });
}

}  // namespace files
