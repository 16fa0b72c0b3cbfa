// DELETE of files and directories below the root; of full directories only with "Depth: infinity", since a directory
// may be named by mistake. Called by the router.
#pragma once

#include <string_view>

#include "handler/handler.h"
#include "handler/write_rules.h"
#include "storage/file_sink.h"

namespace uploads {

class Deletes {
public:
    /// Both must outlive this and every answer that it makes.
    Deletes(const storage::WriteParts& parts, const handler::WriteRules& config) : parts_(parts), config_(config) {}

    /// `request.method` is DELETE, and deletes are allowed. `path`: the file's, which may differ from the request's.
    handler::Decision handle(const http::Request& request, std::string_view path);

private:
    const storage::WriteParts& parts_;
    const handler::WriteRules& config_;
};

}  // namespace uploads
