using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.OAuthClients;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.ClientDocumentNotFetched,
        LogLevel.Warning,
        "Client metadata document {Url} was not fetched ({Code}): {Detail}"
    )]
    public static partial void ClientDocumentNotFetched(ILogger logger, string url, string code, string detail);

    [LoggerMessage(
        EventIds.ClientDocumentRefused,
        LogLevel.Warning,
        "Client metadata document {Url} is refused: {Reason}"
    )]
    public static partial void ClientDocumentRefused(ILogger logger, string url, string reason);
}
