using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Machine.Client.State;

/// <summary>What an edge keeps in its state directory, read while the edge runs: read only, never changed.</summary>
/// <param name="Platform">Its platform certificate as the service handed it out; null when there is none that can be used.</param>
/// <param name="Trust">The platform roots in force; null before the first enrolment.</param>
/// <param name="Feed">The last good feed; null before the first.</param>
/// <param name="LastContact">When the service last confirmed it.</param>
/// <param name="Withdrawal">What the service said when it withdrew the certificate; null while it holds.</param>
public sealed record EdgeMemory(
    CertificateDocument? Platform,
    PlatformTrust? Trust,
    EdgeFeed? Feed,
    DateTimeOffset? LastContact,
    string? Withdrawal = null
)
{
    /// <summary>Reads what is there. Nothing is written, and no lock is taken.</summary>
    public static EdgeMemory Read(IdentityOptions identity, string edgeId, string directory)
    {
        using var files = StateDirectory.Look(directory);
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
