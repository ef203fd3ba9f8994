using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>A position in the list of all agents: newest tunnel first, and in a tunnel newest agent first.</summary>
/// <param name="Tunnel">The ordinal of the tunnel, which is larger for newer tunnels.</param>
/// <param name="CreatedMs">When the agent enrolled, in milliseconds since 1970.</param>
/// <param name="Rank">The index, from 0, among the agents of the tunnel that enrolled in the same millisecond.</param>
internal readonly record struct AgentPlace(long Tunnel, long CreatedMs, long Rank)
{
    private const string List = "agents";

    /// <summary>The position before all agents.</summary>
    public static AgentPlace Start => new(long.MaxValue, 0, 0);

    /// <summary>Only tunnels whose ordinal is below this number can have agents after this position.</summary>
    public long TunnelsBefore => Tunnel == long.MaxValue ? Tunnel : Tunnel + 1;

    /// <summary>Returns the position before the first agent of a tunnel.</summary>
    public static AgentPlace First(Tunnel tunnel) => new(tunnel.Ordinal, long.MaxValue, 0);

    public bool IsBehind(AgentPlace other) =>
        Tunnel != other.Tunnel ? Tunnel < other.Tunnel
        : CreatedMs != other.CreatedMs ? CreatedMs < other.CreatedMs
        : Rank > other.Rank;

    public string ToCursor() => PageCursor.Encode(List, Tunnel, CreatedMs, Rank);

    public static bool TryRead(string cursor, out AgentPlace place)
    {
        Span<long> numbers = stackalloc long[3];
        var isRead = PageCursor.TryDecode(cursor, List, numbers);
        place = new AgentPlace(numbers[0], numbers[1], numbers[2]);
        return isRead;
    }
}
