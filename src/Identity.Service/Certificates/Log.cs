using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.CertificateIssued,
        LogLevel.Information,
        "Certificate {Serial} issued: {Kind} {Identity}, until {NotAfter}"
    )]
    public static partial void Issued(
        ILogger logger,
        string serial,
        string kind,
        string identity,
        DateTimeOffset notAfter
    );

    [LoggerMessage(
        EventIds.InstanceTaken,
        LogLevel.Warning,
        "Instance {InstanceId} of {TunnelId} belongs to another principal than {Principal}, who was refused ({RequestId})"
    )]
    public static partial void InstanceTaken(
        ILogger logger,
        string tunnelId,
        string instanceId,
        string principal,
        string requestId
    );

    [LoggerMessage(EventIds.CertificateVoided, LogLevel.Warning, "Certificate {Serial} voided: {Reason}")]
    public static partial void Voided(ILogger logger, string serial, string reason);

    [LoggerMessage(
        EventIds.CertificateRefusedByCore,
        LogLevel.Error,
        "No certificate for {Identity}: {Code} {Message}"
    )]
    public static partial void RefusedByCore(ILogger logger, string identity, string code, string message);

    [LoggerMessage(
        EventIds.PlatformAuthorityMade,
        LogLevel.Information,
        "Platform CA: new {Tier} authority {Fingerprint}, until {NotAfter}"
    )]
    public static partial void AuthorityMade(ILogger logger, string tier, string fingerprint, DateTimeOffset notAfter);

    [LoggerMessage(
        EventIds.ServiceCertificateFailed,
        LogLevel.Error,
        "The service's own certificates could not be renewed; trying again in {Seconds} s"
    )]
    public static partial void RenewalFailed(ILogger logger, Exception fault, int seconds);

    [LoggerMessage(
        EventIds.RevocationListsFailed,
        LogLevel.Error,
        "Revocation lists could not be published; trying again within a minute"
    )]
    public static partial void RevocationListsFailed(ILogger logger, Exception fault);

    [LoggerMessage(
        EventIds.RevocationListHeldBack,
        LogLevel.Error,
        "Revocation list {Shard} of {Authority} is held back, the present one stays: {Code} {Message}"
    )]
    public static partial void RevocationListHeldBack(
        ILogger logger,
        string authority,
        int shard,
        string code,
        string message
    );

    [LoggerMessage(
        EventIds.RevocationListLarge,
        LogLevel.Warning,
        "Revocation list {Shard} of {Authority} has {Bytes} bytes for {Entries} entries: its authority needs more lists"
    )]
    public static partial void RevocationListLarge(ILogger logger, string authority, int shard, int bytes, int entries);
}
