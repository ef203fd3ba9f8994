using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Signals;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.TransmitterKeysNotFetched,
        LogLevel.Warning,
        "The keys of the signal transmitter of issuer {IssuerId} were not fetched: {Reason}"
    )]
    public static partial void TransmitterKeysNotFetched(ILogger logger, string issuerId, string reason);

    [LoggerMessage(
        EventIds.SignalRefused,
        LogLevel.Warning,
        "A security event token for issuer {IssuerId} is refused ({Code}): {Reason}"
    )]
    public static partial void SignalRefused(ILogger logger, string issuerId, string code, string reason);
}
