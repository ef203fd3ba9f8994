using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>The roots of the platform CA and the state of a rotation.</summary>
internal sealed record PlatformRootsDocument
{
    private const string CommandWord = "culvert platform-root";

    public string Type { get; } = "platform_roots";

    public required long Epoch { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<PlatformRootDocument> Roots { get; init; }

    /// <summary>The machines that the switch to the staged root waits for.</summary>
    public required IReadOnlyList<PlatformRootMissing> Missing { get; init; }

    /// <summary>Offline agents: they fetch the bundle when they reconnect, and block nothing.</summary>
    public required IReadOnlyList<string> LateJoiners { get; init; }

    /// <summary>The command that comes next; null = none.</summary>
    public required string? Next { get; init; }

    public static PlatformRootsDocument Of(PlatformSwap swap, DateTimeOffset now)
    {
        var staged = swap.Roots.Staged;
        var links = swap.Roots.LinksFrom(swap.Roots.Active!, now);
        return new PlatformRootsDocument
        {
            Epoch = swap.State.Epoch,
            Roots =
            [
                .. swap
                    .Roots.Records.Authorities.Where(authority => authority.Tier == PlatformTier.Root)
                    .OrderByDescending(root => root.CreatedAt)
                    .ThenByDescending(root => root.AddedEpoch)
                    .Select(root => new PlatformRootDocument
                    {
                        Id = root.Id.Value,
                        State = WireNames.Of(root.State),
                        StateSince = root.StateSince.UtcDateTime,
                        Sha256 = root.Certificate.Fingerprint,
                        NotAfter = root.Certificate.NotAfter.UtcDateTime,
                        AddedEpoch = root.AddedEpoch,
                        RemovedEpoch = root.RemovedEpoch,
                        RetiresAt = root.State == RootState.Retiring ? PlatformSwap.RetiresAt(root).UtcDateTime : null,
                        LinkedUntil = FindExpiry(links, root.Id.Value)?.UtcDateTime,
                    }),
            ],
            Missing =
            [
                .. swap.Missing.Select(machine => new PlatformRootMissing
                {
                    Kind = machine.IsEdge ? "edge" : "agent",
                    Id = machine.Id,
                    Name = machine.Name,
                    TunnelId = machine.TunnelId,
                    AcknowledgedEpoch = machine.Acknowledged > 0 ? machine.Acknowledged : null,
                }),
            ],
            LateJoiners = swap.LateJoiners,
            Next = staged is null ? null : $"{CommandWord} activate {staged.Id.Value}",
        };
    }

    // A chain of links expires with its first link.
    private static DateTimeOffset? FindExpiry(IReadOnlyList<PlatformLink> links, string rootId)
    {
        DateTimeOffset? end = null;
        foreach (var link in links)
        {
            end = end is { } before && before < link.Certificate.NotAfter ? before : link.Certificate.NotAfter;
            if (link.IssuerId == rootId)
            {
                return end;
            }
        }

        return null;
    }
}
