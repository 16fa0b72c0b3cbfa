// The lines of both formats.
#include "admin/metrics_text.h"

#include "base/durations.h"
#include "base/escape.h"

namespace admin {
namespace {

using base::Counter;
using base::CounterKind;
using base::CounterUnit;

/// How many of the unit are a second; 1 for what is no time.
std::uint64_t per_second(CounterUnit unit) {
    switch (unit) {
        case CounterUnit::things: break;
        case CounterUnit::milliseconds: return 1'000;
        case CounterUnit::microseconds: return 1'000'000;
    }
    return 1;
}

/// A number of things, or of seconds with as many decimals as the unit has.
void append_value(std::string& text, std::uint64_t value, CounterUnit unit) {
    const std::uint64_t parts = per_second(unit);
    base::append_decimal(text, value / parts);
    if (parts == 1) return;
    const std::string decimals = std::to_string(parts + value % parts);
    text.append(".").append(decimals, 1);
}

/// The name that TYPE and HELP have.
std::string family_name(const Counter& counter, MetricsFormat format) {
    std::string name = "godwit_" + std::string(counter.name);
    if (counter.unit != CounterUnit::things) name += "_seconds";
    if (counter.kind == CounterKind::total && format == MetricsFormat::prometheus) name += "_total";
    return name;
}

std::string_view type_name(CounterKind kind) {
    switch (kind) {
        case CounterKind::total: return "counter";
        case CounterKind::gauge: return "gauge";
        case CounterKind::durations: break;
    }
    return "histogram";
}

void append_head(std::string& text, const Counter& counter, MetricsFormat format) {
    const std::string name = family_name(counter, format);
    text.append("# HELP ").append(name).append(" ").append(counter.help).append("\n");
    text.append("# TYPE ").append(name).append(" ").append(type_name(counter.kind)).append("\n");
}

/// Each bucket counts what is in those before it, too.
void append_durations(std::string& text, const std::string& name, const base::Durations& durations) {
    std::uint64_t count = 0;
    for (std::size_t range = 0; range < base::Durations::kRanges; ++range) {
        count += durations.in_range(range);
        text.append(name).append("_bucket{le=\"");
        if (range + 1 < base::Durations::kRanges) {
            append_value(text, base::Durations::end_ms(range), CounterUnit::milliseconds);
        } else {
            text.append("+Inf");
        }
        text.append("\"} ").append(std::to_string(count)).append("\n");
    }
    text.append(name).append("_sum ");
    append_value(text, durations.sum_ms(), CounterUnit::milliseconds);
    text.append("\n").append(name).append("_count ").append(std::to_string(count)).append("\n");
}

}  // namespace

std::string_view media_type(MetricsFormat format) {
    switch (format) {
        case MetricsFormat::prometheus: return "text/plain; version=0.0.4; charset=utf-8";
        case MetricsFormat::openmetrics: break;
    }
    return "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

std::string metrics_text(const base::Counters& counters, MetricsFormat format) {
    std::string text;
    std::string_view family;  // the series of one family stand behind each other
    counters.visit([&](const Counter& counter, std::uint64_t value) {
        if (counter.shown_in == base::ShownIn::log) return;
        if (counter.name != family) append_head(text, counter, format);
        family = counter.name;
        std::string name = family_name(counter, format);
        if (counter.durations != nullptr) return append_durations(text, name, *counter.durations);
        if (counter.kind == CounterKind::total && format == MetricsFormat::openmetrics) name += "_total";
        text += name;
        if (!counter.series.empty()) text.append("{").append(counter.series).append("}");
        text += ' ';
        append_value(text, value, counter.unit);
        text += '\n';
    });
    if (format == MetricsFormat::openmetrics) text += "# EOF\n";
    return text;
}

}  // namespace admin
