using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.GitHubApps;

internal static partial class Log
{
    [LoggerMessage(EventIds.GitHubAppRefused, LogLevel.Warning, "GitHub App {GitHubApp}: {Reason}")]
    public static partial void TokenRefused(ILogger logger, string gitHubApp, string reason);

    [LoggerMessage(EventIds.GitHubAppFailed, LogLevel.Warning, "GitHub gave no token of the App {GitHubApp}: {Reason}")]
    public static partial void GitHubFailed(ILogger logger, string gitHubApp, string reason);

    [LoggerMessage(EventIds.GitHubAppKeyFailed, LogLevel.Error, "The HSM's key {Label} of a GitHub App did not sign")]
    public static partial void AppKeyFailed(ILogger logger, Exception fault, string label);
}
