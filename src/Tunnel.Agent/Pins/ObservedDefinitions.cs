namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The differences of a route's server from its pins, as the running agent last observed them.</summary>
internal sealed record ObservedDefinitions
{
    /// <summary>When the agent last read all lists; null: never.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>Why the last reading failed; empty when it succeeded.</summary>
    public string Problem { get; init; } = "";

    /// <summary>The digest over all definitions of the last reading, in the server's order.</summary>
    public string SetDigest { get; init; } = "";

    public IReadOnlyList<StoredPin> Drifts { get; init; } = [];
}
