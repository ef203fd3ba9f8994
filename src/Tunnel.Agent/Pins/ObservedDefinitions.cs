namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How one route's server differs from its pins, as the running agent saw it last.</summary>
internal sealed record ObservedDefinitions
{
    /// <summary>When the agent last read all lists; null: it never did.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>Why the last reading failed; empty where it did not.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Over all definitions of the last reading, in the server's order.</summary>
    public string SetDigest { get; init; } = "";

    public IReadOnlyList<StoredPin> Drifts { get; init; } = [];
}
