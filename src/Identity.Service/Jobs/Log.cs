using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Jobs;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.JobFailed,
        LogLevel.Error,
        "A round of job {Job} failed; what was due is due again in the next round"
    )]
    public static partial void JobFailed(ILogger logger, Exception fault, string job);
}
