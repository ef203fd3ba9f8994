using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Orders;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// The running platform CA: the roots in its bundle and the issuing authority that signs. Loaded before the ports open.
/// Machines do not notice a renewal of the issuing authority, because it is sent with every leaf.
/// </summary>
internal sealed class PlatformCa(PlatformAuthorityStore store, PlatformAuthorityMaker maker, TimeProvider time)
    : IDisposable
{
    // Renewed after two thirds of its lifetime: the last third is far longer than any leaf's lifetime.
    private const double RenewalPoint = 2.0 / 3;

    // Prevents two concurrent loads that each create an issuing authority, or of which the older result wins.
    private readonly SemaphoreSlim gate = new(1);
    private volatile Loaded? loaded;

    public ParsedCertificate Root => Present.Roots.Active!.Certificate;

    public SigningAuthority Issuing => Present.Issuing;

    /// <summary>What machines trust: every root from its staging to its retirement, and links between them (S11).</summary>
    public BundleDocument Bundle => Present.Bundle;

    public PlatformRoots Roots => Present.Roots;

    private Loaded Present =>
        loaded ?? throw new InvalidOperationException("The platform CA was used before it was loaded.");

    /// <summary>The active root, then the earlier ones that a machine may have pinned.</summary>
    public string PinnablePem() => string.Concat(Present.Roots.Pinnable(time.GetUtcNow()).Select(root => root.ToPem()));

    public bool Holds(SubjectPublicKey key) => Present.Roots.Holds(key) || key.IsSameKey(Issuing.Issuer.PublicKey);

    /// <summary>Reads the authorities, and creates the issuing one when none exists or its renewal is due.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) => LoadAsync(renews: true, cancellationToken);

    /// <param name="renews">Whether an issuing authority that is due for renewal is renewed now.</param>
    public async Task LoadAsync(bool renews, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var roots = await ReadAsync(cancellationToken);
            var active = roots.Active!;
            var newest = roots.FindIssuing(active);
            if (newest is null || (renews && IsDue(newest.Certificate)))
            {
                newest = await maker.MakeIssuingAsync(active, cancellationToken);
            }

            loaded = new Loaded(loaded?.Revision ?? 0, roots, ToBundle(roots), CreateSigner(roots, newest));
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>
    /// Reads changes up to that revision, so that a bundle is never older than the revision sent with it. Only <see
    /// cref="LoadAsync(CancellationToken)"/> changes the signer.
    /// </summary>
    public async ValueTask RefreshAsync(long revision, CancellationToken cancellationToken)
    {
        if (Present.Revision >= revision)
        {
            return;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            var present = Present;
            if (present.Revision < revision)
            {
                var roots = await ReadAsync(cancellationToken);
                loaded = new Loaded(revision, roots, ToBundle(roots), present.Issuing);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        loaded?.Issuing.Key.Dispose();
        gate.Dispose();
    }

    private async ValueTask<PlatformRoots> ReadAsync(CancellationToken cancellationToken)
    {
        var roots = new PlatformRoots(await store.ReadAsync(cancellationToken));
        return roots.Active is null
            ? throw new StoreException("The store has no platform CA: its init did not complete.")
            : roots;
    }

    private static BundleDocument ToBundle(PlatformRoots roots) =>
        new(Epoch: roots.Records.Epoch, Pem: string.Concat(roots.Trusted.Select(root => root.Certificate.ToPem())));

    private SigningAuthority CreateSigner(PlatformRoots roots, PlatformAuthority issuing)
    {
        var active = roots.Active!;

        // For machines that trust only an earlier root, the links are sent too (S11), but no self-signed root: next to
        // one, verifiers would drop the links.
        var chain =
            issuing.Certificate.ToPem()
            + string.Concat(roots.LinksFrom(active, time.GetUtcNow()).Select(link => link.Certificate.ToPem()));
        var present = loaded?.Issuing;
        if (present is not null && present.Certificate.Fingerprint == issuing.Certificate.Fingerprint)
        {
            return present.ChainPem == chain ? present : present with { ChainPem = chain };
        }

        // The old key is not disposed of: a signature in progress may still use it. The finalizer frees it.
        return new SigningAuthority
        {
            CaId = null,
            Issuer = Issuer.FromChain([issuing.Certificate, active.Certificate]),
            Key = maker.OpenKey(issuing),
            ChainPem = chain,
        };
    }

    private bool IsDue(ParsedCertificate certificate)
    {
        var life = certificate.NotAfter - certificate.NotBefore;
        return time.GetUtcNow() >= certificate.NotBefore + (life * RenewalPoint);
    }

    private sealed record Loaded(long Revision, PlatformRoots Roots, BundleDocument Bundle, SigningAuthority Issuing);
}
