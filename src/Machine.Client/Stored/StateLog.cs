using Culvert.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Stored;

internal static partial class StateLog
{
    [LoggerMessage(EventIds.StateUnreadable, LogLevel.Warning, "{Path} cannot be read and counts as absent")]
    public static partial void StateUnreadable(ILogger log, string path);

    [LoggerMessage(EventIds.StateUnwritable, LogLevel.Error, "State is kept in memory only: {Reason}")]
    public static partial void StateUnwritable(ILogger log, string reason);
}
