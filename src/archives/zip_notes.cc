// Numbers take seven bits a byte, the lowest first; the highest bit says that more follow.
#include "archives/zip_notes.h"

#include <algorithm>

namespace archives {
namespace {

void put(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7U) out.push_back(static_cast<char>((number & 0x7FU) | 0x80U));
    out.push_back(static_cast<char>(number));
}

std::uint64_t take_number(std::string_view& text) {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(text.front());
        text.remove_prefix(1);
        number |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) return number;
    }
}

}  // namespace

bool ZipNotes::add(const ArchiveEntry& entry, std::uint32_t crc) {
    const auto differs = std::ranges::mismatch(last_path_, entry.path);
    const auto shared = static_cast<std::size_t>(differs.in1 - last_path_.begin());
    std::string note;
    put(note, shared);
    put(note, entry.path.size() - shared);
    note.append(entry.path, shared);
    put(note, entry.size_bytes);
    put(note, static_cast<std::uint64_t>(entry.modified_s));
    put(note, entry.is_program ? 1 : 0);
    put(note, crc);
    if (blocks_.empty() || blocks_.back().size() + note.size() > kNotesBlockBytes) {
        if (!hold_.grow(kNotesBlockBytes)) return false;
        blocks_.emplace_back().reserve(kNotesBlockBytes);
    }
    blocks_.back().append(note);
    last_path_ = entry.path;
    return true;
}

bool ZipNotes::take(Note& note) {
    if (!is_reading_) {
        is_reading_ = true;
        note.entry.path.clear();
        if (!blocks_.empty()) rest_ = blocks_.front();
    }
    if (rest_.empty()) {
        if (block_ + 1 >= blocks_.size()) return false;
        rest_ = blocks_[++block_];
    }
    note.entry.path.resize(static_cast<std::size_t>(take_number(rest_)));
    const auto bytes = static_cast<std::size_t>(take_number(rest_));
    note.entry.path.append(rest_.substr(0, bytes));
    rest_.remove_prefix(bytes);
    note.entry.size_bytes = take_number(rest_);
    note.entry.modified_s = static_cast<std::int64_t>(take_number(rest_));
    note.entry.is_program = take_number(rest_) != 0;
    note.crc = static_cast<std::uint32_t>(take_number(rest_));
    return true;
}

}  // namespace archives
