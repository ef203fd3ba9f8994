using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Federation.Issuers;

internal static partial class Log
{
    [LoggerMessage(EventIds.IssuerKeysFetched, LogLevel.Information, "Keys of issuer {Issuer} fetched: {Count} usable")]
    public static partial void KeysFetched(ILogger logger, string issuer, int count);

    [LoggerMessage(EventIds.IssuerKeyFetchFailed, LogLevel.Warning, "Keys of issuer {Issuer} not fetched: {Reason}")]
    public static partial void KeyFetchFailed(ILogger logger, string issuer, string reason);

    [LoggerMessage(EventIds.IssuerKeyDropped, LogLevel.Warning, "Key {KeyId} of issuer {Issuer} is not used: {Reason}")]
    public static partial void KeyDropped(ILogger logger, string issuer, string keyId, string reason);

    [LoggerMessage(EventIds.IssuerKeysNotStored, LogLevel.Warning, "Keys of issuer {Issuer} were not stored: {Reason}")]
    public static partial void KeysNotStored(ILogger logger, string issuer, string reason);

    [LoggerMessage(
        EventIds.IssuerControlsStale,
        LogLevel.Error,
        "Reading the killed keys failed; no issuer's keys are accepted"
    )]
    public static partial void ControlsStale(ILogger logger, Exception fault);

    [LoggerMessage(
        EventIds.IssuerStoredKeysRefused,
        LogLevel.Error,
        "Stored keys of issuer {Issuer} are not believed: {Reason}"
    )]
    public static partial void StoredKeysRefused(ILogger logger, string issuer, string reason);

    [LoggerMessage(
        EventIds.IssuerKeyReplaced,
        LogLevel.Warning,
        "Issuer {Issuer} published another key under the name {KeyId}"
    )]
    public static partial void KeyReplaced(ILogger logger, string issuer, string keyId);

    [LoggerMessage(
        EventIds.IssuerKeysDegraded,
        LogLevel.Error,
        "Keys of issuer {Issuer} have not been confirmed for a long time: {State}"
    )]
    public static partial void KeysDegraded(ILogger logger, string issuer, string state);

    [LoggerMessage(
        EventIds.IssuerPollingPaused,
        LogLevel.Error,
        "Keys of issuer {Issuer} are no longer polled after {Failures} failures"
    )]
    public static partial void PollingPaused(ILogger logger, string issuer, int failures);

    [LoggerMessage(EventIds.IssuerPollFaulted, LogLevel.Error, "Polling of issuers failed")]
    public static partial void PollFaulted(ILogger logger, Exception fault);
}
