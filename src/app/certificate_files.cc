// Reading, and what is said about it.
#include "app/certificate_files.h"

#include <utility>

#include "access_control/users_file.h"
#include "app/option_values.h"

namespace app {
namespace {

std::expected<tls::Certificate, std::string> read_pair(const CertificatePair& names, FileSource& source) {
    return tls::Certificate::load({names.chain, source.open(names.chain)}, {names.key, source.open(names.key)});
}

std::expected<tls::ClientAuthority, std::string> read_authority(const std::string& path, FileSource& source) {
    return tls::ClientAuthority::load({path, source.open(path)}, access_control::is_user_name);
}

}  // namespace

std::expected<CertificateFiles, std::string> CertificateFiles::load(const std::vector<CertificatePair>& pairs,
                                                                    const std::string& client_ca) {
    CertificateFiles files;
    OwnFiles own;
    for (const CertificatePair& names : pairs) {
        Pair pair{.names = names, .files = WatchedFiles({names.chain, names.key}, own)};
        auto certificate = read_pair(names, own);
        if (!certificate) return std::unexpected(std::move(certificate.error()));
        files.pairs_.push_back(std::move(pair));
        files.certificates_.push_back(std::move(*certificate));
    }
    if (client_ca.empty()) return files;
    files.authority_ = Authority{.path = client_ca, .file = WatchedFiles({client_ca}, own)};
    auto clients = read_authority(client_ca, own);
    if (!clients) return std::unexpected(std::move(clients.error()));
    files.clients_ = std::make_shared<const tls::ClientAuthority>(std::move(*clients));
    return files;
}

CertificateFiles::Found CertificateFiles::look(Look which, FileSource& source, base::MonotonicMs now_ms) {
    Found found;
    const Eye eye{.which = which, .source = source, .now_ms = now_ms};
    for (std::size_t i = 0; i < pairs_.size(); ++i) look_at_pair(i, eye, found);
    if (authority_) look_at_authority(eye, found);
    return found;
}

void CertificateFiles::look_at_pair(std::size_t number, const Eye& eye, Found& found) {
    Pair& pair = pairs_[number];
    if (pair.files.look(eye.which, eye.source)) {
        auto certificate = read_pair(pair.names, eye.source);
        if (certificate) {
            pair.files.note_taken();
            if (certificate->fingerprint() != certificates_[number].fingerprint()) {
                found.is_new = true;
                found.loaded.push_back("the certificate " + printable(pair.names.chain, kWholeText) +
                                       " was loaded anew: serial number " + certificate->serial());
            }
            certificates_[number] = std::move(*certificate);
        } else {
            pair.files.note_problem(std::move(certificate.error()), eye.which, eye.now_ms);
        }
    }
    if (auto problem = pair.files.take_complaint(eye.now_ms)) {
        found.problems.push_back(*problem + "; the certificate that was loaded before is shown further on");
    }
}

void CertificateFiles::look_at_authority(const Eye& eye, Found& found) {
    if (authority_->file.look(eye.which, eye.source)) {
        auto clients = read_authority(authority_->path, eye.source);
        if (clients) {
            authority_->file.note_taken();
            if (clients->digest() != clients_->digest()) {
                found.is_new = true;
                found.loaded.push_back("the authority of clients " + printable(authority_->path, kWholeText) +
                                       " was loaded anew");
                clients_ = std::make_shared<const tls::ClientAuthority>(std::move(*clients));
            }
        } else {
            authority_->file.note_problem(std::move(clients.error()), eye.which, eye.now_ms);
        }
    }
    if (auto problem = authority_->file.take_complaint(eye.now_ms)) {
        found.problems.push_back(*problem + "; the authority of clients that was loaded before counts further on");
    }
}

}  // namespace app
