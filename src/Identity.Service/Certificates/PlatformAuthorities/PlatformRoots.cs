using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>What follows from the stored roots and links, as pure functions.</summary>
internal sealed record PlatformRoots(PlatformRecords Records)
{
    /// <summary>Those in the bundle: the active one first, then the younger before the older.</summary>
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

    /// <summary>What signs under a root: of those that can, the one that lasts longest.</summary>
    public PlatformAuthority? FindIssuing(PlatformAuthority root) =>
        Records
            .Authorities.Where(authority =>
                authority is { Tier: PlatformTier.Issuing, SealedKey: not null } && authority.RootId == root.Id.Value
            )
            .MaxBy(authority => authority.Certificate.NotAfter);

    /// <summary>
    /// The links from a root back to those before it, nearest first, as far as they hold: a machine that pinned one of
    /// these follows them to the present one (S11).
    /// </summary>
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

    /// <summary>The active root and those that its links lead back to: what a machine may have pinned.</summary>
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

    /// <summary>Whether a key is one of an authority that could still sign.</summary>
    public bool Holds(SubjectPublicKey key) =>
        Records.Authorities.Any(authority =>
            authority.SealedKey is not null && authority.Certificate.PublicKey is { } own && own.IsSameKey(key)
        );
}
