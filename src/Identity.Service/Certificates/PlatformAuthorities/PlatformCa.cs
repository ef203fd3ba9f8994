using Culvert.Ca.Certificates;
using Culvert.Ca.Issuance;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// The platform CA at work: the root's certificate and the issuing authority that signs. Loaded before the ports open;
/// swapped whole when the issuing authority is renewed, which machines do not notice, because every leaf comes with it.
/// </summary>
internal sealed class PlatformCa(IPlatformAuthorityStore store, PlatformAuthorityMaker maker, TimeProvider time)
    : IPlatformBundle,
        IDisposable
{
    // Renewed at two thirds of its life: the last third is far longer than any leaf lives.
    private const double RenewalPoint = 2.0 / 3;

    private PlatformAuthority? root;
    private SigningAuthority? issuing;

    /// <summary>The root, pinned by machines.</summary>
    public ParsedCertificate Root => (root ?? throw NotLoaded()).Certificate;

    /// <summary>What signs.</summary>
    public SigningAuthority Issuing => Volatile.Read(ref issuing) ?? throw NotLoaded();

    /// <summary>What machines trust. Grows with the first root swap; until then there is one epoch.</summary>
    public BundleDocument Bundle => new() { Epoch = 1, Pem = Root.ToPem() };

    BundleDocument IPlatformBundle.Current => Bundle;

    /// <summary>Reads the authorities, and renews the issuing one when it is due.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        root =
            await store.FindNewestAsync(PlatformTier.Root, cancellationToken)
            ?? throw new StoreException("The store has no platform CA: it was not made by a complete init.");
        var newest = await store.FindNewestAsync(PlatformTier.Issuing, cancellationToken);
        if (newest is null || IsDue(newest.Certificate))
        {
            newest = await maker.MakeIssuingAsync(root, cancellationToken);
        }

        if (issuing is null || issuing.Certificate.Fingerprint != newest.Certificate.Fingerprint)
        {
            // The old key is not disposed of: a signature under way may still hold it. The finalizer frees it.
            Volatile.Write(
                ref issuing,
                new SigningAuthority
                {
                    CaId = null,
                    Issuer = Issuer.FromChain([newest.Certificate, root.Certificate]),
                    Key = maker.OpenKey(newest),
                    ChainPem = newest.Certificate.ToPem(),
                }
            );
        }
    }

    public void Dispose() => issuing?.Key.Dispose();

    private bool IsDue(ParsedCertificate certificate)
    {
        var life = certificate.NotAfter - certificate.NotBefore;
        return time.GetUtcNow() >= certificate.NotBefore + (life * RenewalPoint);
    }

    private static InvalidOperationException NotLoaded() => new("The platform CA was used before it was loaded.");
}
