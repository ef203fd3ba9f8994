using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>
/// Assigns edges to tunnels (S6) by rendezvous hashing: each pair of tunnel and edge has a score, and the highest
/// scores win. An added or removed edge moves only the tunnels that it gains or loses. Pure.
/// </summary>
internal static class EdgeRanking
{
    /// <summary>
    /// The tunnel's edges, best first: as many as there are pins, the pinned ones first, or <paramref
    /// name="edgesPerTunnel"/>. An unavailable edge is chosen only when no other is left.
    /// </summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="pins">Edges that an operator chose; archived ones count only for the number.</param>
    /// <param name="edges">All unarchived edges, in any order.</param>
    /// <param name="edgesPerTunnel">At least 1.</param>
    public static IReadOnlyList<string> Choose(
        string tunnelId,
        IReadOnlyList<string> pins,
        IReadOnlyCollection<EdgeAvailability> edges,
        int edgesPerTunnel
    ) =>
        [
            .. edges
                .OrderByDescending(edge => edge.IsAvailable)
                .ThenByDescending(edge => pins.Contains(edge.Id, StringComparer.Ordinal))
                .ThenByDescending(edge => Score(tunnelId, edge.Id))
                .ThenBy(edge => edge.Id, StringComparer.Ordinal)
                .Take(pins.Count > 0 ? pins.Count : edgesPerTunnel)
                .Select(edge => edge.Id),
        ];

    // Never change this: nodes of different versions must agree. No id contains the separator, so pairs are distinct.
    private static ulong Score(string tunnelId, string edgeId) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{tunnelId}\n{edgeId}")));
}
