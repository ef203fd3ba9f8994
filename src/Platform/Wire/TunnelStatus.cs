namespace Culvert.Platform.Wire;

/// <summary>The states of a tunnel that a feed can show.</summary>
public static class TunnelStatus
{
    public const string Active = "active";
    public const string Paused = "paused";
    public const string Archived = "archived";
}
