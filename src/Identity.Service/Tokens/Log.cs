using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Tokens;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.SigningKeyPrepared,
        LogLevel.Information,
        "Token signing key {KeyId} created; it signs from {From:u}"
    )]
    public static partial void SigningKeyPrepared(ILogger logger, string keyId, DateTimeOffset from);

    [LoggerMessage(
        EventIds.RevocationsStale,
        LogLevel.Error,
        "Reading the revocations failed; no access token is accepted until it succeeds"
    )]
    public static partial void RevocationsStale(ILogger logger, Exception fault);

    [LoggerMessage(
        EventIds.SigningKeyCompromised,
        LogLevel.Warning,
        "Token signing key {KeyId} dropped as compromised; {SuccessorId} signs now"
    )]
    public static partial void SigningKeyCompromised(ILogger logger, string keyId, string successorId);

    [LoggerMessage(EventIds.SigningFailed, LogLevel.Error, "Token signing key {KeyId} did not sign")]
    public static partial void SigningFailed(ILogger logger, Exception fault, string keyId);

    [LoggerMessage(
        EventIds.SigningKeyNotDestroyed,
        LogLevel.Warning,
        "Removing the unused key {Label} from the HSM failed"
    )]
    public static partial void SigningKeyNotDestroyed(ILogger logger, Exception fault, string label);

    [LoggerMessage(EventIds.SigningKeyRetired, LogLevel.Information, "Token signing key {KeyId} retired")]
    public static partial void SigningKeyRetired(ILogger logger, string keyId);

    [LoggerMessage(EventIds.SigningKeyRotationFailed, LogLevel.Error, "Rotation of token signing keys failed")]
    public static partial void SigningKeyRotationFailed(ILogger logger, Exception fault);
}
