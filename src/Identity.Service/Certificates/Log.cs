using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Certificates;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.CertificateIssued,
        LogLevel.Information,
        "Certificate {Serial} issued: {Kind} {Identity}, until {NotAfter:u}"
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

    [LoggerMessage(EventIds.AuthorityMoved, LogLevel.Information, "Authority {Id} of {TunnelId}: {From} -> {To}")]
    public static partial void AuthorityMoved(ILogger logger, string id, string tunnelId, string from, string to);

    [LoggerMessage(
        EventIds.AuthorityKeyNotDestroyed,
        LogLevel.Warning,
        "Destroying the key of the deleted authority {Id} failed: {Reason}"
    )]
    public static partial void AuthorityKeyNotDestroyed(ILogger logger, string id, string reason);

    [LoggerMessage(EventIds.CertificateVoided, LogLevel.Warning, "Certificate {Serial} voided: {Reason}")]
    public static partial void Voided(ILogger logger, string serial, string reason);

    [LoggerMessage(
        EventIds.CertificateRefusedByCore,
        LogLevel.Error,
        "No certificate for {Identity}: {Code} {Message}"
    )]
    public static partial void RefusedByCore(ILogger logger, string identity, string code, string message);

    [LoggerMessage(
        EventIds.BlockedKeysUnreadable,
        LogLevel.Error,
        "Reading the list of blocked keys {File} failed; the previous list stays in force: {Fault}"
    )]
    public static partial void BlockedKeysUnreadable(ILogger logger, string file, string fault);

    [LoggerMessage(EventIds.SweepFailed, LogLevel.Error, "Removing orphaned signing intents failed; retrying")]
    public static partial void SweepFailed(ILogger logger, Exception fault);

    [LoggerMessage(
        EventIds.PlatformAuthorityMade,
        LogLevel.Information,
        "Platform CA: new {Tier} authority {Fingerprint}, until {NotAfter:u}"
    )]
    public static partial void AuthorityMade(ILogger logger, string tier, string fingerprint, DateTimeOffset notAfter);

    [LoggerMessage(
        EventIds.SuccessorWaits,
        LogLevel.Warning,
        "Authority {AuthorityId} of tunnel {TunnelId} waits for its certificate, until {RegistrationEnds:u}: no signing connector"
    )]
    public static partial void SuccessorWaits(
        ILogger logger,
        string authorityId,
        string tunnelId,
        DateTimeOffset? registrationEnds
    );

    [LoggerMessage(
        EventIds.SigningConnectorFailed,
        LogLevel.Error,
        "The signing connector did not sign the certificate of {AuthorityId}: {Fault}"
    )]
    public static partial void ConnectorFailed(ILogger logger, string authorityId, string fault);

    [LoggerMessage(EventIds.SwitchWaits, LogLevel.Warning, "The switch to authority {AuthorityId} waits: {Reason}")]
    public static partial void SwitchWaits(ILogger logger, string authorityId, string reason);

    [LoggerMessage(
        EventIds.AuthorityNotTurned,
        LogLevel.Error,
        "The rotation of authority {AuthorityId} of tunnel {TunnelId} failed at this step; retrying"
    )]
    public static partial void AuthorityNotTurned(ILogger logger, Exception fault, string authorityId, string tunnelId);

    [LoggerMessage(
        EventIds.ServiceCertificateFailed,
        LogLevel.Error,
        "Renewing the service's own certificates failed; retrying in {Seconds} s"
    )]
    public static partial void RenewalFailed(ILogger logger, Exception fault, int seconds);

    [LoggerMessage(
        EventIds.StartsWithKeptCertificate,
        LogLevel.Error,
        "No new certificate of {Listener} can be recorded: {Reason} The service starts with the one it had, until {NotAfter:u}"
    )]
    public static partial void StartsWithKeptCertificate(
        ILogger logger,
        string listener,
        DateTime notAfter,
        string reason
    );

    [LoggerMessage(
        EventIds.CertificateNotKept,
        LogLevel.Warning,
        "{File} cannot be written, so that a start without a writable store could not use this certificate: {Reason}"
    )]
    public static partial void CertificateNotKept(ILogger logger, string file, string reason);

    [LoggerMessage(
        EventIds.RevocationListsFailed,
        LogLevel.Error,
        "Publishing revocation lists failed; retrying within a minute"
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

    [LoggerMessage(
        EventIds.OcspResponderFailed,
        LogLevel.Error,
        "OCSP responder of {Authority} got no certificate: {Reason} Retrying in {Seconds} s"
    )]
    public static partial void OcspResponderFailed(ILogger logger, string authority, string reason, int seconds);

    [LoggerMessage(
        EventIds.ExpiryNotice,
        LogLevel.Warning,
        "{Type} {Name} ({Id}) expires at {NotAfter:u}: {Days} days' notice"
    )]
    public static partial void ExpiryNotice(
        ILogger logger,
        string type,
        string name,
        string id,
        DateTimeOffset notAfter,
        int days
    );
}
