using Culvert.Jose.Keys;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A usable key set, or a sentence for the log.</summary>
internal sealed record KeySetResult(JwkSet? Keys, TimeSpan? MaxAge, string Failure)
{
    /// <summary>The set as it came.</summary>
    public string Document { get; init; } = "";

    public static KeySetResult Failed(string why) => new(null, null, why);
}
