using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>A log entry for the status page.</summary>
public sealed record RecentLine(DateTimeOffset Time, LogLevel Level, string Message);
