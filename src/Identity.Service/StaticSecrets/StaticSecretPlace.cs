using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.StaticSecrets;

/// <summary>A position in the list: the parts in their order, and in a part the newest first.</summary>
/// <param name="Part">One of the constants.</param>
/// <param name="Ordinal">Larger for newer ones: of the connection or webhook, or of the agent's tunnel; else 0.</param>
/// <param name="CreatedMs">When the agent enrolled, in milliseconds since 1970; else 0.</param>
/// <param name="Rank">The index, from 0, among those with the same other numbers.</param>
internal readonly record struct StaticSecretPlace(long Part, long Ordinal, long CreatedMs, long Rank)
{
    public const long Configuration = 0;
    public const long Connections = 1;
    public const long Webhooks = 2;
    public const long Signals = 3;
    public const long Agents = 4;

    private const string List = "static_secrets";

    /// <summary>The position before all secrets.</summary>
    public static StaticSecretPlace Start => new(Configuration, long.MaxValue, 0, 0);

    /// <summary>Only tunnels whose ordinal is below this number can have secrets of agents after this position.</summary>
    public long TunnelsBefore => Part < Agents || Ordinal == long.MaxValue ? long.MaxValue : Ordinal + 1;

    /// <summary>Returns the position before the first secret of a tunnel's agents.</summary>
    public static StaticSecretPlace First(long tunnel) => new(Agents, tunnel, long.MaxValue, 0);

    public bool IsBehind(StaticSecretPlace other) =>
        Part != other.Part ? Part > other.Part
        : Ordinal != other.Ordinal ? Ordinal < other.Ordinal
        : CreatedMs != other.CreatedMs ? CreatedMs < other.CreatedMs
        : Rank > other.Rank;

    public string ToCursor() => PageCursor.Encode(List, Part, Ordinal, CreatedMs, Rank);

    public static bool TryRead(string cursor, out StaticSecretPlace place)
    {
        Span<long> numbers = stackalloc long[4];
        var isRead = PageCursor.TryDecode(cursor, List, numbers);
        place = new StaticSecretPlace(numbers[0], numbers[1], numbers[2], numbers[3]);
        return isRead;
    }
}
