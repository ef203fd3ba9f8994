using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

public sealed record RecentLine(DateTimeOffset Time, LogLevel Level, string Message);
