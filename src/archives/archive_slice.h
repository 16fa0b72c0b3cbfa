// How much work one call of an archive's source does. Called by archive_walk and archive_source.
#pragma once

namespace archives {

/// What the steps cost, in units of about a fifth of a microsecond.
inline constexpr unsigned kNameUnits = 3;   ///< a name that is read and put in its place
inline constexpr unsigned kOpenUnits = 64;  ///< an entry that is looked at, opened and noted
/// The units of one call: about a tenth of a millisecond. Each archive then takes turns with all other heavy work.
inline constexpr unsigned kArchiveSlice = 512;

class ArchiveSlice {
public:
    [[nodiscard]] bool is_over() const { return used_ >= kArchiveSlice; }
    void add(unsigned units) { used_ += units; }

private:
    unsigned used_ = 0;
};

}  // namespace archives
