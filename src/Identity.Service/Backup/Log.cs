using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Backup;

internal static partial class Log
{
    [LoggerMessage(EventIds.BackupAgeUnknown, LogLevel.Warning, "Reading the time of the newest backup failed")]
    public static partial void BackupAgeUnknown(ILogger logger, Exception fault);
}
