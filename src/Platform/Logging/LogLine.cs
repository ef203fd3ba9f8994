using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>
/// One entry on its way out. <c>Repeated</c> is how often the same error came since its last line; such an entry has no stack,
/// and null means that it is the first. <c>IsLate</c>: it was logged earlier, so the request that is being answered now is
/// another one.
/// </summary>
internal readonly record struct LogLine(
    LogLevel Level,
    EventId Event,
    string Category,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>>? Fields,
    Exception? Exception,
    LogSubject? Subject = null,
    int? Repeated = null,
    bool IsLate = false
)
{
    /// <summary>The exception as it is written: with its stack the first time.</summary>
    public string? ExceptionText =>
        Exception is null ? null
        : Repeated is null ? Exception.ToString()
        : $"{Exception.GetType()}: {Exception.Message}";
}
