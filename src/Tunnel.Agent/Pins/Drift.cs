namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How one definition differs from its pin at present.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Classes">All ways in which it was seen to differ since the last time that it did not.</param>
/// <param name="Observed">As it was seen last; null: it is not listed any more, or has no canonical form.</param>
/// <param name="Since">When it was first seen to differ.</param>
internal sealed record Drift(PinKey Key, DriftClass Classes, Definition? Observed, DateTimeOffset Since)
{
    /// <summary>
    /// Two readers may find two definitions: it has no canonical form, or one reading of the server's lists had several
    /// of this name. It is blocked whatever the classes' actions are, and cannot be approved.
    /// </summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>When a list that a client requested showed it last; null: only the agent's own reading did.</summary>
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>Of a suspected rename: the pinned definition that it looks like.</summary>
    public string LooksLike { get; init; } = "";

    /// <summary>How often it was reported.</summary>
    public int Reports { get; init; }
}
