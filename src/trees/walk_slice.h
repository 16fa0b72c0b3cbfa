// How much work one call of a walk does, or of a source that looks at entries. Used by tree_walk, and by the sources of
// archives, of searches and of multistatus answers.
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
