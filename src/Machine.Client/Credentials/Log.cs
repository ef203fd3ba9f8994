using Culvert.Machine.Client.Calls;
using Culvert.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Credentials;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.Enrolled,
        LogLevel.Information,
        "Enrolled as {SpiffeId}, serial {Serial}, until {NotAfter:u}"
    )]
    public static partial void Enrolled(ILogger log, string spiffeId, string serial, DateTimeOffset notAfter);

    [LoggerMessage(
        EventIds.Renewed,
        LogLevel.Information,
        "Renewed the platform certificate, serial {Serial}, until {NotAfter:u}"
    )]
    public static partial void Renewed(ILogger log, string serial, DateTimeOffset notAfter);

    [LoggerMessage(
        EventIds.IdentityLoaded,
        LogLevel.Information,
        "Continuing as {SpiffeId}, serial {Serial}, until {NotAfter:u}"
    )]
    public static partial void IdentityLoaded(ILogger log, string spiffeId, string serial, DateTimeOffset notAfter);

    [LoggerMessage(
        EventIds.EnrolmentFailed,
        LogLevel.Warning,
        "No platform certificate by {Step}: {Failure} Next attempt in {DelaySeconds} s"
    )]
    public static partial void EnrolmentFailed(ILogger log, string step, ApiFailure failure, double delaySeconds);

    [LoggerMessage(
        EventIds.RenewedWithoutProof,
        LogLevel.Warning,
        "Renewing without a fresh proof, which the service allows for a limited time: {Failure}"
    )]
    public static partial void RenewedWithoutProof(ILogger log, ApiFailure failure);

    [LoggerMessage(EventIds.FeedApplied, LogLevel.Information, "Revision {Revision} of the feed is in force")]
    public static partial void FeedApplied(ILogger log, long revision);

    [LoggerMessage(
        EventIds.FeedFailed,
        LogLevel.Warning,
        "No contact with the service ({Failures} in a row): {Failure}"
    )]
    public static partial void FeedFailed(ILogger log, int failures, ApiFailure failure);

    [LoggerMessage(
        EventIds.Withdrawn,
        LogLevel.Error,
        "The service refuses this machine permanently; it stops serving. {Failure}"
    )]
    public static partial void Withdrawn(ILogger log, ApiFailure failure);

    [LoggerMessage(
        EventIds.FeedRestored,
        LogLevel.Information,
        "Contact with the service is back after {Failures} failures"
    )]
    public static partial void FeedRestored(ILogger log, int failures);

    [LoggerMessage(EventIds.FeedRefused, LogLevel.Error, "Revision {Revision} of the feed was not applied: {Reason}")]
    public static partial void FeedRefused(ILogger log, long revision, string reason);

    [LoggerMessage(
        EventIds.ServerCertificateChanged,
        LogLevel.Information,
        "New server certificate, serial {Serial}, from {CaId}, until {NotAfter:u}"
    )]
    public static partial void ServerCertificateChanged(
        ILogger log,
        string serial,
        string? caId,
        DateTimeOffset notAfter
    );

    [LoggerMessage(
        EventIds.ServerCertificateFailed,
        LogLevel.Warning,
        "No server certificate: {Failure} Next attempt in {DelaySeconds} s"
    )]
    public static partial void ServerCertificateFailed(ILogger log, ApiFailure failure, double delaySeconds);

    [LoggerMessage(EventIds.ReportFailed, LogLevel.Warning, "The service did not accept the report: {Failure}")]
    public static partial void ReportFailed(ILogger log, ApiFailure failure);

    [LoggerMessage(EventIds.LoopFaulted, LogLevel.Error, "The {Loop} loop failed; restarting it")]
    public static partial void LoopFaulted(ILogger log, Exception exception, string loop);

    [LoggerMessage(
        EventIds.ClockDiffers,
        LogLevel.Warning,
        "This machine's clock differs from the service's by {Seconds} s; set it right"
    )]
    public static partial void ClockDiffers(ILogger log, double seconds);
}
