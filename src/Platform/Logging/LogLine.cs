using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>One entry on its way out.</summary>
internal readonly record struct LogLine(
    LogLevel Level,
    EventId Event,
    string Category,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>>? Fields,
    Exception? Exception,
    LogSubject? Subject = null
);
