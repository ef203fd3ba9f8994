using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal sealed record PlatformRoots(PlatformRecords Records)
{
    /// <summary>The roots in the bundle: the active one first, then the others, newest first.</summary>
    public IReadOnlyList<PlatformAuthority> Trusted { get; } =
    [
        .. Records
            .Authorities.Where(authority => authority.Tier == PlatformTier.Root && authority.State != RootState.Retired)
            .OrderByDescending(root => root.State == RootState.Active)
            .ThenByDescending(root => root.AddedEpoch),
    ];

    public PlatformAuthority? Active => Trusted.FirstOrDefault(root => root.State == RootState.Active);

    public PlatformAuthority? Staged => Trusted.FirstOrDefault(root => root.State == RootState.Staged);

    public PlatformAuthority? Find(string id) =>
        Records.Authorities.FirstOrDefault(authority =>
            authority.Tier == PlatformTier.Root && authority.Id.Value == id
        );

    /// <summary>The usable issuing authority of a root that expires last.</summary>
    public PlatformAuthority? FindIssuing(PlatformAuthority root) =>
        Records
            .Authorities.Where(authority =>
                authority is { Tier: PlatformTier.Issuing, SealedKey: not null } && authority.RootId == root.Id.Value
            )
            .MaxBy(authority => authority.Certificate.NotAfter);

    /// <summary>The valid links from a root back to earlier ones, nearest first (S11).</summary>
    public IReadOnlyList<PlatformLink> LinksFrom(PlatformAuthority root, DateTimeOffset now)
    {
        List<PlatformLink> path = [];
        var at = root.Id.Value;
        while (
            Records.Links.FirstOrDefault(link => link.SubjectId == at && now <= link.Certificate.NotAfter) is { } link
            && path.TrueForAll(earlier => earlier.SubjectId != link.IssuerId)
        )
        {
            path.Add(link);
            at = link.IssuerId;
        }

        return path;
    }

    /// <summary>The active root and those that its links lead back to: a machine may have pinned any of them.</summary>
    public IReadOnlyList<ParsedCertificate> Pinnable(DateTimeOffset now) =>
        Active is { } active
            ?
            [
                active.Certificate,
                .. LinksFrom(active, now)
                    .Select(link => Find(link.IssuerId))
                    .OfType<PlatformAuthority>()
                    .Select(root => root.Certificate),
            ]
            : [];

    /// <summary>Whether a key belongs to an authority that could still sign.</summary>
    public bool Holds(SubjectPublicKey key) =>
        Records.Authorities.Any(authority =>
            authority.SealedKey is not null && authority.Certificate.PublicKey is { } own && own.IsSameKey(key)
        );
}
