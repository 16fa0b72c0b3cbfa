#include "app/certificate_files.h"

#include <utility>

#include "app/option_values.h"

namespace app {
namespace {

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * base::kNsPerSecond + time.tv_nsec; }

}  // namespace

CertificateFiles::Stamp CertificateFiles::stamp_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .size = status.st_size,
            .modified_ns = nanoseconds(status.st_mtim),
            .changed_ns = nanoseconds(status.st_ctim)};
}

std::expected<CertificateFiles, std::string> CertificateFiles::load(const std::vector<CertificatePair>& pairs) {
    CertificateFiles files;
    for (const CertificatePair& names : pairs) {
        Pair pair{.names = names, .chain = stamp_of(names.chain), .key = stamp_of(names.key)};
        auto certificate = tls::Certificate::load(names.chain, names.key);
        if (!certificate) return std::unexpected(std::move(certificate.error()));
        files.pairs_.push_back(std::move(pair));
        files.certificates_.push_back(std::move(*certificate));
    }
    return files;
}

CertificateFiles::Found CertificateFiles::look(Look which, base::MonotonicMs now_ms) {
    Found found;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        Pair& pair = pairs_[i];
        // Taken before the files are read: a change in between is seen by the next look.
        const Stamp chain = stamp_of(pair.names.chain);
        const Stamp key = stamp_of(pair.names.key);
        if (which == Look::all || chain != pair.chain || key != pair.key) {
            pair.chain = chain;
            pair.key = key;
            auto certificate = tls::Certificate::load(pair.names.chain, pair.names.key);
            if (certificate) {
                pair.problem.clear();
                if (certificate->fingerprint() != certificates_[i].fingerprint()) {
                    found.is_new = true;
                    found.loaded.push_back("the certificate " + printable(pair.names.chain, kWholeText) +
                                           " was loaded anew: serial number " + certificate->serial());
                }
                certificates_[i] = std::move(*certificate);
            } else {
                pair.problem = std::move(certificate.error());
                pair.say_ms = which == Look::all ? now_ms : now_ms + kComplainAfterMs;
            }
        }
        if (pair.problem.empty() || !pair.say_ms || *pair.say_ms > now_ms) continue;
        found.problems.push_back(pair.problem + "; the certificate that was loaded before is shown further on");
        pair.say_ms.reset();
    }
    return found;
}

}  // namespace app
