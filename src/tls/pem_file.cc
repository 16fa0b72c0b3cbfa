// Reads open files.
#include "tls/pem_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "base/file_io.h"

namespace tls {
namespace {

/// Chains and keys are a few KiB; more is a file of another kind.
constexpr std::size_t kMaxPemBytes = 256 * 1024;

}  // namespace

std::expected<std::string, std::string> read_pem(const PemFile& pem, Secrecy secrecy) {
    const std::string& path = pem.path;
    int error = pem.file ? 0 : pem.file.error();
    struct stat status{};
    if (error == 0 && ::fstat(pem.file->get(), &status) != 0) error = errno;
    const std::string named = (secrecy == Secrecy::secret ? "the private key " : "the certificate ") + path;
    if (error != 0) return std::unexpected("cannot read " + named + ": " + std::strerror(error));
    if (!S_ISREG(status.st_mode)) return std::unexpected(named + " is not a file");
    if (secrecy == Secrecy::secret && (status.st_mode & (S_IRWXO)) != 0) {
        return std::unexpected(named + " can be read by other users; mend it with: chmod o= " + path);
    }
    std::string text(kMaxPemBytes + 1, '\0');
    text.resize(base::read_at(pem.file->get(), 0, std::as_writable_bytes(std::span(text))));
    if (text.size() > kMaxPemBytes) return std::unexpected(named + " is too large for a PEM file");
    return text;
}

BioPtr view_of(const std::string& text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

}  // namespace tls
