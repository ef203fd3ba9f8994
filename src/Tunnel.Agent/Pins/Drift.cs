namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How a definition differs from its pin at present.</summary>
/// <param name="Classes">All classes that were observed since it last matched.</param>
/// <param name="Observed">The last observed version; null: it is no longer listed, or has no canonical form.</param>
/// <param name="Since">When the difference was first observed.</param>
internal sealed record Drift(PinKey Key, DriftClass Classes, Definition? Observed, DateTimeOffset Since)
{
    /// <summary>
    /// Readers may disagree on the definition: it has no canonical form, or one reading of the server's lists had several
    /// with this name. It is blocked whatever the classes' actions are, and cannot be approved.
    /// </summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>When a list for a client had it last; null: only the agent's own reading did.</summary>
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>The pinned definition that a suspected rename resembles.</summary>
    public string LooksLike { get; init; } = "";

    public int Reports { get; init; }
}
