using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>An entry of the log as a page shows it.</summary>
public sealed record RecentLine(DateTimeOffset Time, LogLevel Level, string Message);
