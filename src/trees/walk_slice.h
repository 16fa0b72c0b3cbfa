// How much work one call does, of a walk or of a source that uses it. Used by tree_walk, by the source of an archive
// and by that of a search.
#pragma once

namespace trees {

/// What the steps cost, in units of about a fifth of a microsecond.
inline constexpr unsigned kNameUnits = 3;   ///< a name that is read and put in its place
inline constexpr unsigned kOpenUnits = 64;  ///< an entry that is looked at, opened and noted
/// The units of one call: about a tenth of a millisecond. Each walk then takes turns with all other heavy work.
inline constexpr unsigned kWalkSlice = 512;

class WalkSlice {
public:
    [[nodiscard]] bool is_over() const { return used_ >= kWalkSlice; }
    void add(unsigned units) { used_ += units; }
    [[nodiscard]] unsigned used() const { return used_; }

private:
    unsigned used_ = 0;
};

}  // namespace trees
