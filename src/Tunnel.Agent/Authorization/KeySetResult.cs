using Culvert.Jose.Keys;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A usable key set, or a sentence for the log.</summary>
internal sealed record KeySetResult(JwkSet? Keys, TimeSpan? MaxAge, string Failure)
{
    /// <summary>The set as it came.</summary>
    public string Document { get; init; } = "";

    /// <summary>What the operator does about a failure.</summary>
    public string Next { get; private init; } = "";

    /// <param name="why">For the log.</param>
    /// <param name="next">What the operator does about it.</param>
    public static KeySetResult Failed(string why, string next = "") => new(null, null, why) { Next = next };
}
