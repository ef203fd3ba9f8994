using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>
/// Decides which edges a tunnel is assigned (S6), by rendezvous hashing: each pair of tunnel and edge has a score, and the
/// highest scores win. An edge that comes or goes moves only the tunnels that it gains or loses. Pure.
/// </summary>
internal static class EdgeRanking
{
    /// <summary>
    /// The tunnel's edges, best first. Pinned edges come first; without pins there are <paramref name="edgesPerTunnel"/>,
    /// with pins as many as there are pins. An edge that is not available takes a place only when no other is left for it.
    /// </summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="pins">Ids of the edges that an operator chose; ids of archived edges count for the number alone.</param>
    /// <param name="edges">All unarchived edges, in any order.</param>
    /// <param name="edgesPerTunnel">At least 1.</param>
    public static IReadOnlyList<string> Choose(
        string tunnelId,
        IReadOnlyList<string> pins,
        IReadOnlyCollection<EdgeStanding> edges,
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

    // Nodes of different versions must agree: never change it. The separator is in no id, so no two pairs are the same text.
    private static ulong Score(string tunnelId, string edgeId) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{tunnelId}\n{edgeId}")));
}
