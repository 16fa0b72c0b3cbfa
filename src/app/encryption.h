// What the https addresses need: certificates from files, or one made for this run, and who looks after them while the
// server runs. The half that knows OpenSSL is in encryption.cc; a build without it has encryption_absent.cc. Called by
// app/serve.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "app/file_source.h"
#include "app/options.h"
#include "app/watched_files.h"
#include "base/clock.h"
#include "base/counters.h"
#include "net/stream.h"
#include "server/access_log.h"
#include "server/upkeep.h"

namespace app {

/// False in a build without OpenSSL.
[[nodiscard]] bool has_encryption();
/// "OpenSSL 3.0.2"; empty in a build without it.
[[nodiscard]] std::string_view encryption_library();

class Encryption : public server::Upkeep {
public:
    /// Reads the certificates of `options`, or makes one when there are none. Null where no address is https. `clock`
    /// outlives this. The error is a sentence for the operator.
    static std::expected<std::unique_ptr<Encryption>, std::string> make(const Options& options,
                                                                        const base::Clock& clock);

    /// For the listeners of https addresses.
    [[nodiscard]] virtual net::StreamWrapper& wrapper() = 0;
    /// What a person who starts the server has to know about a certificate that was made for this run, with a newline;
    /// empty where all came from files.
    [[nodiscard]] virtual std::string notice() const = 0;
    /// True when one of the certificates, as they are now, is for this host name.
    [[nodiscard]] virtual bool is_certified(std::string_view host) const = 0;
    /// This outlives what is returned.
    [[nodiscard]] virtual base::Counters::Registration register_counters(base::Counters& counters) = 0;
    /// From here on all files are read as `files`, which outlives this, has them. look() is called when that has news.
    virtual void read_from(HandedFiles& files) = 0;
    /// `which`: all when somebody asked for it.
    virtual void look(Look which) = 0;
    /// Says in `log` what is wrong with the certificates, now and later. It outlives this.
    virtual void report_to(server::ErrorLog& log) = 0;
};

}  // namespace app
