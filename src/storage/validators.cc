// Tags and times out of stat.
#include "storage/validators.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/file_stamp.h"

namespace storage {
namespace {

bool is_same_time(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

/// The text of a tag, made in its place: every write and every look at a file makes tags.
class TagText {
public:
    void add(char sign) { text_[length_++] = sign; }
    /// Lower-case hexadecimal; a time is written as its two's complement.
    template <class Number>
    void add_hex(Number number) {
        char* const begin = text_.data() + length_;
        const auto end = std::to_chars(begin, begin + kMostDigits, static_cast<std::uint64_t>(number), 16);
        length_ += static_cast<std::size_t>(end.ptr - begin);
    }
    void add_time(const timespec& time) {
        add_hex(time.tv_sec);
        add('.');
        add_hex(time.tv_nsec);
    }
    [[nodiscard]] std::string_view text() const { return {text_.data(), length_}; }

private:
    static constexpr std::size_t kMostDigits = 16;
    static constexpr std::size_t kMostNumbers = 6;
    static constexpr std::size_t kMostSigns = 9;
    std::array<char, kMostNumbers * kMostDigits + kMostSigns> text_;
    std::size_t length_ = 0;
};

}  // namespace

bool is_young_stamp(const timespec& time, base::UnixNs now) {
    // Seconds are compared first: a stamp may not fit 64 bits of nanoseconds. A stamp that is seconds ahead comes from
    // another clock, and a change right now would not repeat it.
    const std::int64_t now_seconds = now / base::kNsPerSecond;
    if (time.tv_sec < now_seconds - 10 || time.tv_sec > now_seconds + 10) return false;
    return base::nanoseconds_of(time) > now - kClockTickNs;
}

bool is_young(const struct stat& status, base::UnixNs now) {
    // Only the ctime counts: every change sets it, and no program can choose it.
    return is_young_stamp(status.st_ctim, now);
}

bool needs_weak_tag(const struct stat& status, base::UnixNs now) {
    return is_same_time(status.st_mtim, status.st_ctim) && is_young(status, now);
}

void append_entity_tag(std::string& tag, const struct stat& status, bool weak) {
    TagText made;
    if (weak) {
        made.add('W');
        made.add('/');
    }
    made.add('"');
    made.add_hex(status.st_ino);
    made.add('-');
    made.add_hex(status.st_size);
    made.add('-');
    made.add_time(status.st_mtim);
    // The ctime is most often the mtime.
    if (!is_same_time(status.st_mtim, status.st_ctim)) {
        made.add('-');
        made.add_time(status.st_ctim);
    }
    made.add('"');
    tag.append(made.text());
}

std::string make_entity_tag(const struct stat& status, bool weak) {
    std::string tag;
    append_entity_tag(tag, status, weak);
    return tag;
}

std::string with_tag_suffix(std::string_view tag, std::string_view suffix) {
    if (tag.empty()) return {};
    std::string suffixed(tag.substr(0, tag.size() - 1));
    return suffixed.append(suffix).append("\"");
}

std::string coded_tag(std::string_view tag, http::Coding coding) {
    if (coding == http::Coding::identity) return std::string(tag);
    return with_tag_suffix(tag, std::string("-").append(http::coding_name(coding)));
}

std::int64_t last_modified_seconds(const struct stat& status, base::UnixNs now) {
    return std::clamp<std::int64_t>(status.st_mtim.tv_sec, 0, std::max<std::int64_t>(now / base::kNsPerSecond, 0));
}

bool is_same_version(const struct stat& a, const struct stat& b) {
    return a.st_ino == b.st_ino && is_same_time(a.st_ctim, b.st_ctim) && is_same_time(a.st_mtim, b.st_mtim) &&
           a.st_size == b.st_size && a.st_dev == b.st_dev;
}

}  // namespace storage
