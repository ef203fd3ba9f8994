using System.Security.Cryptography;
using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Decides whether an authority may use a chain: checks, duplicates in the store, the trial leaf.</summary>
internal sealed class AuthorityChecks(
    TunnelAuthorityStore authorities,
    AuthorityKeys keys,
    IPublicAnchors publicAnchors,
    Derived<CertificateOptions, CertificateProfiles> profiles,
    Current<CertificateOptions> options,
    StoreNode node,
    TimeProvider time
)
{
    // Reference §4: no leaf lives longer than a sixth of its authority's remaining lifetime at registration.
    private const int LivesOfAnAuthority = 6;

    // Reference §5, K4: the limit for leaves of a key that others may hold.
    private static readonly TimeSpan LeafLifeOfImported = TimeSpan.FromHours(24);

    /// <summary>All findings; empty = the chain may be approved.</summary>
    public async ValueTask<IReadOnlyList<Refusal>> FindAsync(
        Tunnel tunnel,
        TunnelAuthority authority,
        IReadOnlyList<ParsedCertificate> chain,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        Func<ParsedCertificate, bool>? isPublic = authority.AllowsPublicAnchor ? null : publicAnchors.Holds;
        var findings = authority.HoldsKey
            ? AuthorityRegistration.InspectChain(
                chain,
                SubjectPublicKey.TryParse(authority.PublicKey)!,
                options.Value.ServerLife,
                GrantedNames.ForDomain(tunnel.Domain),
                now,
                isPublic
            )
            : AuthorityRegistration.InspectAnchor(chain, now, isPublic, GrantedNames.ForDomain(tunnel.Domain));
        if (findings.Count > 0)
        {
            return [.. findings.Select(finding => finding.ToRefusal())];
        }

        if (await FindDuplicateAsync(authority, chain[0], cancellationToken) is { } duplicate)
        {
            return [duplicate];
        }

        return authority.HoldsKey && Try(tunnel, authority, chain) is { } failed ? [failed.ToRefusal()] : [];
    }

    /// <summary>A finding that is not about the chain: the HSM was unavailable for the trial leaf, for example.</summary>
    public static Refusal? FindOutage(IReadOnlyList<Refusal> findings) =>
        findings is [{ Code.Status: >= StatusCodes.Status500InternalServerError } outage, ..] ? outage : null;

    public TimeSpan LeafLifeUnder(TunnelAuthority authority, ParsedCertificate certificate)
    {
        var sixth = (certificate.NotAfter.AddSeconds(1) - time.GetUtcNow()) / LivesOfAnAuthority;
        return authority.Custody == AuthorityCustody.Imported && sixth > LeafLifeOfImported
            ? LeafLifeOfImported
            : sixth;
    }

    public static string ToSubjectKey(ParsedCertificate certificate)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(certificate.Subject.Encoded.Span);
        hash.AppendData(certificate.SubjectKeyIdentifier is { } identifier ? identifier.Span : []);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The live registration of the same trust-only certificate on the tunnel; null = this is the first.</summary>
    public async ValueTask<TunnelAuthority?> FindFirstAsync(
        TunnelAuthority authority,
        ParsedCertificate certificate,
        CancellationToken cancellationToken
    ) =>
        (await authorities.ListLookalikesAsync(ToSubjectKey(certificate), cancellationToken)).FirstOrDefault(found =>
            IsSameAnchor(found, authority, certificate)
        );

    private static bool IsSameAnchor(TunnelAuthority found, TunnelAuthority authority, ParsedCertificate certificate) =>
        !found.HoldsKey
        && found.Id != authority.Id
        && found.TunnelId == authority.TunnelId
        && found.Fingerprint == certificate.Fingerprint
        && (
            found.State is AuthorityState.Verified or AuthorityState.Approved || AuthorityStates.IsTrusted(found.State)
        );

    // S18: trust-only certificates may be on any tunnel; a held key, and its name and key identifier, belong to one
    // authority.
    private async ValueTask<Refusal?> FindDuplicateAsync(
        TunnelAuthority authority,
        ParsedCertificate certificate,
        CancellationToken cancellationToken
    )
    {
        var lookalikes = await authorities.ListLookalikesAsync(ToSubjectKey(certificate), cancellationToken);
        var other = lookalikes.FirstOrDefault(found =>
            authority.HoldsKey
                ? found.HoldsKey && found.Id != authority.Id
                : IsSameAnchor(found, authority, certificate)
        );
        if (other is null)
        {
            return null;
        }

        // Ids of other organizations are not shown.
        return other.OrganizationId == authority.OrganizationId
            ? AuthorityErrors
                .Duplicate.Refuse($"{other.Name} ({other.Id.Value}) has the same subject and key identifier.")
                .With("ca_id", other.Id.Value)
            : AuthorityErrors.Duplicate.Refuse("Another authority has the same subject and key identifier.");
    }

    private CaRefusal? Try(Tunnel tunnel, TunnelAuthority authority, IReadOnlyList<ParsedCertificate> chain)
    {
        using var key = keys.Open(authority);
        var now = time.GetUtcNow();
        return AuthorityTrial.Run(
            chain,
            key,
            profiles.Value.Trial,
            GrantedNames.ForDomain(tunnel.Domain),
            SerialNumber.Draw((byte)node.Id, now),
            now
        );
    }
}
