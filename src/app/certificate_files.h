// The certificates of the --tls-cert and --tls-key files, as they were last read whole. Files are read anew when they
// change; a pair that is broken, or not yet whole, leaves the one before in place. Owned by app/encryption.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "app/options.h"
#include "base/clock.h"
#include "tls/certificate.h"

namespace app {

/// A pair that does not fit is complained about when it stays so for this long: whoever renews a certificate replaces
/// two files, one after the other.
inline constexpr base::MonotonicMs kComplainAfterMs = 10'000;

class CertificateFiles {
public:
    /// Reads all. The error is a sentence for the operator. At least one pair.
    static std::expected<CertificateFiles, std::string> load(const std::vector<CertificatePair>& pairs);

    /// Which pairs a look reads.
    enum class Look : std::uint8_t { changed, all };
    struct Found {
        bool is_new = false;                ///< certificates() changed
        std::vector<std::string> loaded;    ///< a sentence for each certificate that took another one's place
        std::vector<std::string> problems;  ///< a sentence for each pair that could not be taken
    };
    /// Looks at the files again, at the time `now_ms`.
    [[nodiscard]] Found look(Look which, base::MonotonicMs now_ms);

    [[nodiscard]] const std::vector<tls::Certificate>& certificates() const { return certificates_; }

private:
    /// What tells one state of a file from another. Links are followed, so that one that is turned to another file
    /// counts as a change.
    struct Stamp {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t modified_ns = 0;
        std::int64_t changed_ns = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    struct Pair {
        CertificatePair names;
        Stamp chain;
        Stamp key;
        std::string problem;                      ///< of the last reading; empty when it was taken
        std::optional<base::MonotonicMs> say_ms;  ///< when the problem is to be said; nullopt: it was
    };

    static Stamp stamp_of(const std::string& path);

    std::vector<Pair> pairs_;
    std::vector<tls::Certificate> certificates_;  ///< in the order of pairs_
};

}  // namespace app
