// The only file of this room that includes OpenSSL.
#include "storage/digest.h"

#ifdef GODWIT_HAVE_CRYPTO
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#endif

namespace storage {

#ifdef GODWIT_HAVE_CRYPTO

namespace {

struct FreeDigest {
    void operator()(EVP_MD_CTX* state) const { EVP_MD_CTX_free(state); }
};
using State = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

class EvpDigester final : public Digester {
public:
    explicit EvpDigester(State state) : state_(std::move(state)) {}
    void update(std::span<const std::byte> block) override {
        EVP_DigestUpdate(state_.get(), block.data(), block.size());
    }
    std::string finish() override {
        std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
        unsigned length = 0;
        if (EVP_DigestFinal_ex(state_.get(), hash.data(), &length) != 1) return {};
        return {hash.begin(), hash.begin() + length};
    }

private:
    State state_;
};

}  // namespace

bool has_digests() { return true; }

std::string_view digest_library() { return OpenSSL_version(OPENSSL_VERSION); }

std::unique_ptr<Digester> Digester::make(http::DigestAlgorithm algorithm) {
    State state(EVP_MD_CTX_new());
    const EVP_MD* const type = algorithm == http::DigestAlgorithm::sha_256 ? EVP_sha256() : EVP_sha512();
    if (state == nullptr || EVP_DigestInit_ex(state.get(), type, nullptr) != 1) return nullptr;
    return std::make_unique<EvpDigester>(std::move(state));
}

#else

bool has_digests() { return false; }

std::string_view digest_library() { return "none"; }

std::unique_ptr<Digester> Digester::make(http::DigestAlgorithm) { return nullptr; }

#endif

}  // namespace storage
