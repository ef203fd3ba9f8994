using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Machine.Client.State;

/// <summary>An edge's state directory, read while the edge runs and never changed.</summary>
/// <param name="Platform">The service's description of the platform certificate; null when no usable one is stored.</param>
/// <param name="Trust">The current platform roots; null before the first enrolment.</param>
/// <param name="Feed">The last good feed; null before the first.</param>
/// <param name="LastContact">When the service last confirmed the feed.</param>
/// <param name="Withdrawal">The service's reason for withdrawing the certificate; null while it is valid.</param>
public sealed record EdgeMemory(
    CertificateDocument? Platform,
    PlatformTrust? Trust,
    EdgeFeed? Feed,
    DateTimeOffset? LastContact,
    string? Withdrawal = null
)
{
    /// <summary>Reads the directory without writing and without a lock.</summary>
    public static EdgeMemory Read(IdentityOptions identity, string edgeId, string directory)
    {
        using var files = StateDirectory.OpenReadOnly(directory);
        var dialect = new EdgeDialect(edgeId, () => throw new InvalidOperationException("Nothing is reported."));
        var store = new CredentialStore<EdgeFeed>(files, identity.Url.OriginalString, dialect, NullLogger.Instance);
        var platform = store.LoadIdentity();
        var feed = store.LoadFeed();
        var bundle = feed?.Feed.PlatformBundle ?? platform?.Enrolment.PlatformBundle;
        PlatformTrust.TryCreate(platform?.Enrolment.TrustDomain ?? "", bundle?.Pem, out var trust);
        return new EdgeMemory(
            platform?.Enrolment.Certificate,
            trust,
            feed?.Feed,
            feed?.LastContact,
            platform?.Withdrawal
        );
    }
}
