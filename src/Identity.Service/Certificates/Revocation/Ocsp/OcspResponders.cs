using System.Collections.Concurrent;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

/// <summary>
/// The responder of each authority on this node. Its key never leaves the process; the authority issues its certificate
/// like any other leaf (S12), on the first request.
/// </summary>
internal sealed class OcspResponders(
    CertificateIssuer issuer,
    Derived<CertificateOptions, CertificateProfiles> profiles,
    ServiceIdentity identity,
    StoreNode node,
    TimeProvider time,
    ILogger<OcspResponders> logger
)
{
    private const int RetrySeconds = 10;

    private static readonly DistinguishedName Subject = DistinguishedName.FromCommonName("OCSP responder");

    // An authority whose own certificate forbids a responder signs its answers directly. Its certificate never changes.
    private static readonly string[] RuledOut = [CaErrorCodes.CaEku.Code, CaErrorCodes.NameConstraintViolation.Code];

    // Keyed by the authority's certificate: a renewed platform CA has another responder.
    private readonly ConcurrentDictionary<string, Place> places = new(StringComparer.Ordinal);

    /// <summary>The current signer; null = no key can sign at present.</summary>
    public async ValueTask<OcspSigner?> FindAsync(OcspAuthority authority, CancellationToken cancellationToken)
    {
        var place = GetPlace(authority);
        if (!place.IsDue(time.GetUtcNow()))
        {
            return place.Usable(time.GetUtcNow());
        }

        // One request renews. The others use the current signer, and wait only if there is none.
        var patience = place.Usable(time.GetUtcNow()) is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;
        if (await place.Gate.WaitAsync(patience, cancellationToken))
        {
            try
            {
                if (place.IsDue(time.GetUtcNow()))
                {
                    await RenewAsync(authority, place, cancellationToken);
                }
            }
            finally
            {
                place.Gate.Release();
            }
        }

        return place.Usable(time.GetUtcNow());
    }

    private Place GetPlace(OcspAuthority authority)
    {
        var fingerprint = authority.Signing.Certificate.Fingerprint;
        if (places.TryGetValue(fingerprint, out var known))
        {
            return known;
        }

        foreach (var (other, place) in places)
        {
            if (place.HasExpired(time.GetUtcNow()))
            {
                places.TryRemove(other, out _);
            }
        }

        return places.GetOrAdd(fingerprint, static _ => new Place());
    }

    private async Task RenewAsync(OcspAuthority authority, Place place, CancellationToken cancellationToken)
    {
        // Not disposed of: a signature in progress may still use it when its successor is issued. The finalizer frees it.
        var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var outcome = await issuer.IssueAsync(
            new IssuanceJob
            {
                Kind = CertificateKind.Service,
                Authority = authority.Signing,
                Profile = profiles.Value.OcspResponder,
                PublicKey = key.PublicKey,
                Names = GrantedNames.None,
                Subject = Subject,
                Identity = ServiceNames.CreateIdentity(identity, node) + "/ocsp",
                Request = LeafRequest.System with
                {
                    OrganizationId = authority.Record?.OrganizationId,
                    WorkspaceId = authority.Record?.WorkspaceId,
                    TunnelId = authority.Record?.TunnelId.Value,
                },
                LifeCap = authority.Record?.MaxLeafLife,
            },
            cancellationToken
        );
        if (outcome.Document is { } document)
        {
            CertificatePem.TryRead(document.CertificatePem, out var certificates);
            var certificate = ParsedCertificate.TryParse(certificates![0].RawData)!;
            place.Use(OcspSigner.Delegated(certificate, key), document.RenewAfter);
            return;
        }

        key.Dispose();
        var refusal = outcome.Refusal!;
        if (RuledOut.Contains(refusal.Code.Code))
        {
            var itself = OcspSigner.Authority(authority.Signing.Issuer, authority.Signing.Key);
            place.Use(itself, itself.NotAfter);
            return;
        }

        Log.OcspResponderFailed(logger, authority.Name, refusal.Message, RetrySeconds);
        place.RetryFrom(time.GetUtcNow().AddSeconds(RetrySeconds));
    }

    /// <summary>Written only while the gate is held; read without it.</summary>
    private sealed class Place
    {
        private volatile State state = new(null, DateTimeOffset.MinValue);

        public SemaphoreSlim Gate { get; } = new(1);

        public bool IsDue(DateTimeOffset now) => now >= state.DueAt;

        // notAfter is inclusive.
        public OcspSigner? Usable(DateTimeOffset now) =>
            state.Signer is { } signer && now <= signer.NotAfter ? signer : null;

        public bool HasExpired(DateTimeOffset now) => state.Signer is { } signer && now > signer.NotAfter;

        public void Use(OcspSigner signer, DateTimeOffset dueAt) => state = new(signer, dueAt);

        public void RetryFrom(DateTimeOffset dueAt) => state = state with { DueAt = dueAt };

        private sealed record State(OcspSigner? Signer, DateTimeOffset DueAt);
    }
}
