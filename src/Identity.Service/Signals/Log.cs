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

    [LoggerMessage(
        EventIds.SignalPollFailed,
        LogLevel.Warning,
        "Security event tokens for issuer {IssuerId} were not polled; the next attempt is in {Wait}: {Reason}"
    )]
    public static partial void SignalPollFailed(ILogger logger, string issuerId, TimeSpan wait, string reason);

    [LoggerMessage(
        EventIds.SignalPollFaulted,
        LogLevel.Error,
        "Polling security event tokens for issuer {IssuerId} ended with an unexpected error"
    )]
    public static partial void SignalPollFaulted(ILogger logger, Exception fault, string issuerId);
}
