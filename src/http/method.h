// Request methods (RFC 9110 §9, RFC 5789, RFC 4918 §9). Method names are case-sensitive.
#pragma once

#include <cstdint>
#include <string_view>

namespace http {

enum class Method : std::uint8_t {
    get,
    head,
    post,
    put,
    del,
    options,
    patch,
    mkcol,
    copy,
    move,
    propfind,
    proppatch,
    lock,
    unlock,
    trace,
    connect,
    unknown
};

/// `unknown` for anything else; the caller answers 501.
[[nodiscard]] Method parse_method(std::string_view name);
/// "GET" …; "?" for unknown.
[[nodiscard]] std::string_view method_name(Method method);

/// RFC 9110 §9.2.1, RFC 4918 §9.1: the client does not ask for a change of state.
[[nodiscard]] constexpr bool is_safe(Method method) {
    return method == Method::get || method == Method::head || method == Method::options || method == Method::trace ||
           method == Method::propfind;
}

/// A set of methods, for Allow.
class MethodSet {
public:
    constexpr MethodSet() = default;
    template <class... Methods>
    constexpr explicit MethodSet(Methods... methods) : bits_((bit(methods) | ... | 0U)) {}
    constexpr void add(Method method) { bits_ |= bit(method); }
    [[nodiscard]] constexpr bool has(Method method) const { return (bits_ & bit(method)) != 0; }
    friend constexpr bool operator==(MethodSet, MethodSet) = default;

private:
    static constexpr std::uint32_t bit(Method method) { return 1U << static_cast<unsigned>(method); }
    std::uint32_t bits_ = 0;
};

}  // namespace http
