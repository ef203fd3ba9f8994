using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Http;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.SecretDiscarded,
        LogLevel.Warning,
        "A private key was sent to {Method} {Path} and discarded; it counts as disclosed ({RequestId})"
    )]
    public static partial void SecretDiscarded(ILogger logger, string method, string path, string requestId);
}
