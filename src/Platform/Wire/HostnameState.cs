namespace Culvert.Platform.Wire;

/// <summary>The states of a custom hostname (S26).</summary>
public static class HostnameState
{
    /// <summary>Claimed, not proven: routes nothing.</summary>
    public const string Pending = "pending";

    /// <summary>Proven or approved: routed.</summary>
    public const string Active = "active";

    /// <summary>Its proof has gone: routes nothing until it is seen again.</summary>
    public const string Suspended = "suspended";
}
