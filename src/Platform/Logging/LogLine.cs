using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>One entry on its way out.</summary>
/// <param name="Repeated">How often the same error came since its last line; such an entry has no stack. Null = it is the first.</param>
/// <param name="IsLate">It was logged earlier: the request that is being answered now is another one.</param>
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
