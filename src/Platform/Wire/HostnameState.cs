namespace Culvert.Platform.Wire;

/// <summary>The states of a custom hostname (S26).</summary>
public static class HostnameState
{
    /// <summary>Claimed, not proven: not routed.</summary>
    public const string Pending = "pending";

    /// <summary>Proven or approved: routed.</summary>
    public const string Active = "active";

    /// <summary>Its proof is no longer found: not routed until it is found again.</summary>
    public const string Suspended = "suspended";
}
