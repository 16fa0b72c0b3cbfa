// Files, includes and sections; the grammar of a line is in config_line.
#include "app/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "app/config_line.h"
#include "app/option_values.h"
#include "base/ascii.h"
#include "base/fd.h"
#include "base/file_io.h"

namespace app {
namespace {

/// "/assets/" and "/x" is "/assets/x".
std::string join(std::string_view prefix, std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    return std::string(prefix) + std::string(path);
}

/// What makes a file another one than those that are open.
struct FileIdentity {
    dev_t device;
    ino_t inode;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

struct OpenFile {
    base::Fd descriptor;
    FileIdentity identity;
    std::size_t bytes;
};

class FileReading {
public:
    explicit FileReading(std::string working_directory) : working_directory_(std::move(working_directory)) {}

    /// Appends the words of `file`, which `include` names (null: the command line or the environment does).
    std::optional<UsageError> read(const std::string& file, const Origin* include, const std::string& section);
    [[nodiscard]] std::vector<OptionWord> take_words() { return std::move(words_); }

private:
    std::expected<OpenFile, UsageError> open(const std::string& file, const Origin* include) const;
    std::optional<UsageError> take_line(std::string_view text, const Origin& origin, std::string& section,
                                        bool is_in_section);
    std::optional<UsageError> take_option(ConfigLine line, const Origin& origin, const std::string& section);

    std::string working_directory_;
    std::vector<OptionWord> words_;
    std::vector<FileIdentity> open_;  ///< the file that is read, behind those that include it
    std::size_t files_ = 0;
    std::size_t bytes_ = 0;
};

/// A message about a file: where it was named, when a file did so.
UsageError file_error(const Origin* include, std::string sentence) {
    return include == nullptr ? UsageError{std::move(sentence)} : error_at(*include, std::move(sentence));
}

std::expected<OpenFile, UsageError> FileReading::open(const std::string& file, const Origin* include) const {
    const auto because = [&](const std::string& reason) {
        return std::unexpected(
            file_error(include, "cannot read the configuration file " + printable(file, kWholeText) + ": " + reason));
    };
    const std::string path = file.starts_with('/') ? file : working_directory_ + "/" + file;
    base::Fd descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!descriptor) {
        const int reason = errno;
        auto error = because(std::strerror(reason));
        error.error().is_denied = reason == EACCES;
        return error;
    }
    struct stat status{};
    if (::fstat(descriptor.get(), &status) != 0) return because(std::strerror(errno));
    if (!S_ISREG(status.st_mode)) return because("it is not a regular file");
    const auto bytes = static_cast<std::size_t>(status.st_size);
    if (bytes > kMaxConfigBytes - bytes_) {
        return because("the configuration is more than " + std::to_string(kMaxConfigBytes / 1024) + " KiB");
    }
    return OpenFile{std::move(descriptor), {status.st_dev, status.st_ino}, bytes};
}

std::optional<UsageError> FileReading::read(const std::string& file, const Origin* include,
                                            const std::string& section) {
    auto opened = open(file, include);
    if (!opened) return std::move(opened.error());
    if (std::ranges::find(open_, opened->identity) != open_.end()) {
        return file_error(include, printable(file, kWholeText) + " includes itself");
    }
    if (open_.size() > kMaxIncludeDepth) {
        return file_error(include, "files include each other more than " + std::to_string(kMaxIncludeDepth) + " deep");
    }
    if (++files_ > kMaxConfigFiles) {
        return file_error(include, "more than " + std::to_string(kMaxConfigFiles) + " files are included");
    }
    std::string text(opened->bytes, '\0');
    text.resize(base::read_at(opened->descriptor.get(), 0, std::as_writable_bytes(std::span(text))));
    bytes_ += text.size();
    open_.push_back(opened->identity);
    std::string own_section = section;
    Origin origin{.source = OptionSource::file, .file = file, .line = 0};
    for (std::string_view rest = text; !rest.empty();) {
        ++origin.line;
        if (auto error = take_line(base::take_line(rest), origin, own_section, !section.empty())) return error;
    }
    open_.pop_back();
    return std::nullopt;
}

/// `is_in_section`: the whole file is included in a section of another one.
std::optional<UsageError> FileReading::take_line(std::string_view text, const Origin& origin, std::string& section,
                                                 bool is_in_section) {
    auto line = parse_config_line(text);
    if (!line) return error_at(origin, std::move(line.error()));
    switch (line->kind) {
        case ConfigLine::Kind::nothing: return std::nullopt;
        case ConfigLine::Kind::option: return take_option(std::move(*line), origin, section);
        case ConfigLine::Kind::section: break;
    }
    if (is_in_section) {
        return error_at(origin, "this file is included in a section, and sections do not stand in each other");
    }
    section = std::move(line->name);
    return std::nullopt;
}

std::optional<UsageError> FileReading::take_option(ConfigLine line, const Origin& origin, const std::string& section) {
    if (line.name == kIncludeWord) {
        if (!line.value || line.value->empty()) return error_at(origin, "include needs a value: a file name");
        const std::size_t slash = origin.file.rfind('/');
        const bool is_beside = !line.value->starts_with('/') && slash != std::string::npos;
        const std::string included = is_beside ? origin.file.substr(0, slash + 1) + *line.value : *line.value;
        return read(included, &origin, section);
    }
    const OptionSpec* const spec = find_option(line.name, OptionSource::file);
    if (spec == nullptr) {
        if (find_option("--" + line.name, OptionSource::command_line) != nullptr) {
            return error_at(origin, line.name + " stands on the command line only");
        }
        return error_at(origin, unknown_option_text(line.name, OptionSource::file));
    }
    const bool takes_prefix = spec->form == ValueForm::below_prefix || spec->form == ValueForm::pattern;
    if (!section.empty() && !takes_prefix) {
        return error_at(origin, line.name + " holds for the whole server: it stands before the first section");
    }
    if (!section.empty() && line.value) {
        const bool is_joined = spec->form == ValueForm::pattern || line.value->starts_with('/');
        line.value = is_joined ? join(section, *line.value) : section + " " + *line.value;
    }
    auto word = make_word(*spec, line.value ? &*line.value : nullptr, origin);
    if (!word) return std::move(word.error());
    words_.push_back(std::move(*word));
    return std::nullopt;
}

}  // namespace

std::expected<std::vector<OptionWord>, UsageError> read_config_file(const std::string& file,
                                                                    const std::string& working_directory) {
    FileReading reading(working_directory);
    if (auto error = reading.read(file, nullptr, "")) return std::unexpected(std::move(*error));
    return reading.take_words();
}

}  // namespace app
