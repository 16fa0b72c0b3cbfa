// Every option: its name, what it accepts, and which part of the program it sets. Called by all that read options from
// somewhere (command_words, environment_words, config_file), and by option_reader.
#pragma once

#include <getopt.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// What getopt gives back: the letter of an option that has one, a number above all letters otherwise.
enum OptionId : int {
    id_port = 'p',
    id_bind = 'b',
    id_directory = 'd',
    id_allow_all = 'A',
    id_index = 'i',
    id_user = 'u',
    id_config = 'c',
    id_signal = 's',
    id_test = 't',
    id_help = 'h',
    id_version = 'V',
    id_allow_upload = 256,
    id_allow_replace,
    id_allow_delete,
    id_allow_well_known,
    id_grant,
    id_trust_uploads,
    id_insecure_writes,
    id_users,
    id_auth_cache,
    id_auth_prompt,
    id_session_hours,
    id_insecure_auth,
    id_allowed_host,
    id_path_prefix,
    id_no_listing,
    id_no_builtin,
    id_records,
    id_on_conflict,
    id_keep_mtime,
    id_dav,
    id_upload_expiry,
    id_symlinks,
    id_dot_files,
    id_mime_types,
    id_coding_by_name,
    id_charset,
    id_spa,
    id_clean_urls,
    id_error_page,
    id_header,
    id_cache_control,
    id_cors,
    id_tls_cert,
    id_tls_key,
    id_tls_client_ca,
    id_redirect_https,
    id_hsts,
    id_unix_mode,
    id_unix_owner,
    id_admin,
    id_daemon,
    id_pidfile,
    id_sandbox,
    id_access_log,
    id_audit_log,
    id_error_log,
    id_log_format,
    id_request_id,
    id_compression_level,
    id_cache_size,
    id_durability,
    id_min_free,
    id_memory,
    id_max_body,
    id_max_connections,
    id_max_connections_per_client,
    id_max_uploads_per_client,
    id_max_upload_bytes_per_client,
    id_max_requests_per_client,
    id_max_forms_per_client,
    id_trusted_proxy,
    id_proxy_protocol,
    id_keep_alive,
    id_http2,
    id_header_timeout,
    id_body_timeout,
    id_min_rate,
    id_write_timeout,
    id_shutdown_grace,
    id_config_from_here,
    id_explain,
};

/// Which function applies an option.
enum class OptionGroup : std::uint8_t {
    place,    ///< where it listens and what it serves
    tls,      ///< what https addresses need
    action,   ///< what is done in place of serving
    access,   ///< who may do what
    site,     ///< what the site may do and how it stores: site::SiteConfig
    web,      ///< how a web site is answered: site::SiteConfig, too
    process,  ///< daemon, user, logs
    limit,    ///< bounds and timeouts
};

/// What a value means beyond its own text.
enum class ValueForm : std::uint8_t {
    plain,
    file_name,     ///< relative to where the process was started; "-" is none
    below_prefix,  ///< may begin with a path and a blank: then it holds below that path
    pattern,       ///< begins with a pattern of paths
};

struct OptionSpec {
    OptionId id;
    const char* name;
    OptionGroup group;
    std::string_view accepts;  ///< what the value may be; empty when the option takes none
    ValueForm form = ValueForm::plain;
};

/// Where options come from. Each writes their names its own way: "--port", "GODWIT_PORT", "port".
enum class OptionSource : std::uint8_t { command_line, environment, file };
inline constexpr std::string_view kEnvironmentPrefix = "GODWIT_";
/// The word of a file that is no option: another file is read in its place.
inline constexpr std::string_view kIncludeWord = "include";

/// nullptr when no option has this id.
[[nodiscard]] const OptionSpec* find_option(int id);
/// By its name as `source` writes it; nullptr when there is none, or when it is not one for this source: actions stand
/// on the command line alone.
[[nodiscard]] const OptionSpec* find_option(std::string_view written, OptionSource source);

[[nodiscard]] std::string option_name(const OptionSpec& spec, OptionSource source = OptionSource::command_line);

/// False for what a running server cannot take over, such as its addresses.
[[nodiscard]] bool changes_in_flight(const OptionSpec& spec);

/// For getopt_long: a colon in front, so that a missing value is reported as ':' and getopt itself prints nothing.
inline constexpr const char* kShortOptions = ":p:b:d:Ai:u:c:s:thV";
/// For getopt_long, with the empty one at the end.
[[nodiscard]] std::vector<option> long_options();

/// One sentence about a word of the command line that is no option: `word` as typed ("--alow-upload=x"), `letter` for
/// an unknown short option, 0 otherwise.
[[nodiscard]] std::string unknown_word_text(std::string_view word, int letter);
/// One sentence about a name that is no option's, as `source` writes it, with the one that was probably meant.
[[nodiscard]] std::string unknown_option_text(std::string_view written, OptionSource source);
/// The name that was probably meant, as `source` writes it; empty when none is near.
[[nodiscard]] std::string nearest_option(std::string_view written, OptionSource source);

}  // namespace app
