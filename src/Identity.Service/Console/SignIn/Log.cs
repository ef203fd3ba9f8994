using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Console.SignIn;

internal static partial class Log
{
    [LoggerMessage(EventIds.SignInRefused, LogLevel.Warning, "Signing in to the console was refused: {Check}")]
    public static partial void SignInRefused(ILogger logger, string check);

    [LoggerMessage(
        EventIds.ProviderFailed,
        LogLevel.Warning,
        "The identity provider of the console cannot be reached: {What}"
    )]
    public static partial void ProviderFailed(ILogger logger, string what);
}
