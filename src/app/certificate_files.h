// The files of --tls-cert, --tls-key and --tls-client-ca, as they were last read whole. They are read anew when they
// change; what is broken, or not yet whole, leaves the one before in place. Owned by app/encryption.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/file_source.h"
#include "app/options.h"
#include "app/watched_files.h"
#include "base/clock.h"
#include "tls/certificate.h"
#include "tls/client_authority.h"

namespace app {

class CertificateFiles {
public:
    /// Reads all, as this process itself can. `client_ca`: empty where clients are not asked for a certificate. The
    /// error is a sentence for the operator.
    static std::expected<CertificateFiles, std::string> load(const std::vector<CertificatePair>& pairs,
                                                             const std::string& client_ca);

    struct Found {
        bool is_new = false;                ///< certificates() or clients() changed
        std::vector<std::string> loaded;    ///< a sentence for each one that took another one's place
        std::vector<std::string> problems;  ///< a sentence for each one that could not be taken
    };
    /// Looks at the files again, at the time `now_ms`.
    [[nodiscard]] Found look(Look which, FileSource& source, base::MonotonicMs now_ms);

    [[nodiscard]] bool has_any() const { return !pairs_.empty() || authority_; }
    [[nodiscard]] const std::vector<tls::Certificate>& certificates() const { return certificates_; }
    /// Who vouches for clients; null where they are not asked for a certificate.
    [[nodiscard]] const std::shared_ptr<const tls::ClientAuthority>& clients() const { return clients_; }

private:
    struct Pair {
        CertificatePair names;
        WatchedFiles files;
    };
    struct Authority {
        std::string path;
        WatchedFiles file;
    };

    /// How the files are looked at.
    struct Eye {
        Look which;
        FileSource& source;
        base::MonotonicMs now_ms;
    };
    void look_at_pair(std::size_t number, const Eye& eye, Found& found);
    void look_at_authority(const Eye& eye, Found& found);

    std::vector<Pair> pairs_;
    std::vector<tls::Certificate> certificates_;  ///< in the order of pairs_
    std::optional<Authority> authority_;
    std::shared_ptr<const tls::ClientAuthority> clients_;
};

}  // namespace app
