using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>
/// An entry before it is formatted. <c>Repeated</c> is how often the error occurred since its last line; such an entry
/// has no stack, and null means that it is the first. <c>IsLate</c>: the current request is not the entry's.
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
    /// <summary>The exception's text: with its stack the first time.</summary>
    public string? ExceptionText =>
        Exception is null ? null
        : Repeated is null ? Exception.ToString()
        : $"{Exception.GetType()}: {Exception.Message}";
}
