using Culvert.Jose.Keys;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A usable key set, or the failure as a sentence for the log.</summary>
internal sealed record KeySetResult(JwkSet? Keys, TimeSpan? MaxAge, string Failure)
{
    public string Document { get; init; } = "";

    public string Next { get; private init; } = "";

    public static KeySetResult Failed(string why, string next = "") => new(null, null, why) { Next = next };
}
