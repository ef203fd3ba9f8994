using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>The roots of the platform CA and the state of a rotation.</summary>
/// <param name="Roots">Newest first.</param>
/// <param name="Missing">The machines that the switch to the staged root waits for.</param>
/// <param name="LateJoiners">Offline agents: they fetch the bundle when they reconnect, and block nothing.</param>
/// <param name="Next">The command that comes next; null = none.</param>
internal sealed record PlatformRootsDocument(
    long Epoch,
    IReadOnlyList<PlatformRootDocument> Roots,
    IReadOnlyList<PlatformRootMissing> Missing,
    IReadOnlyList<string> LateJoiners,
    string? Next
)
{
    private const string CommandWord = "culvert platform-root";

    [JsonPropertyOrder(-1)]
    public string Type { get; } = "platform_roots";

    public static PlatformRootsDocument From(PlatformSwap swap, DateTimeOffset now)
    {
        var staged = swap.Roots.Staged;
        var links = swap.Roots.LinksFrom(swap.Roots.Active!, now);
        return new PlatformRootsDocument(
            Epoch: swap.State.Epoch,
            Roots:
            [
                .. swap
                    .Roots.Records.Authorities.Where(authority => authority.Tier == PlatformTier.Root)
                    .OrderByDescending(root => root.CreatedAt)
                    .ThenByDescending(root => root.AddedEpoch)
                    .Select(root => new PlatformRootDocument(
                        Id: root.Id.Value,
                        State: WireNames.Get(root.State),
                        StateSince: root.StateSince.UtcDateTime,
                        Sha256: root.Certificate.Fingerprint,
                        NotAfter: root.Certificate.NotAfter.UtcDateTime,
                        AddedEpoch: root.AddedEpoch,
                        RemovedEpoch: root.RemovedEpoch,
                        RetiresAt: root.State == RootState.Retiring ? PlatformSwap.RetiresAt(root).UtcDateTime : null,
                        LinkedUntil: FindExpiry(links, root.Id.Value)?.UtcDateTime
                    )),
            ],
            Missing:
            [
                .. swap.Missing.Select(machine => new PlatformRootMissing(
                    Kind: machine.IsEdge ? "edge" : "agent",
                    Id: machine.Id,
                    Name: machine.Name,
                    TunnelId: machine.TunnelId,
                    AcknowledgedEpoch: machine.Acknowledged > 0 ? machine.Acknowledged : null
                )),
            ],
            LateJoiners: swap.LateJoiners,
            Next: staged is null ? null : $"{CommandWord} activate {staged.Id.Value}"
        );
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
