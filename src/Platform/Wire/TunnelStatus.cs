namespace Culvert.Platform.Wire;

public static class TunnelStatus
{
    public const string Active = "active";
    public const string Paused = "paused";
    public const string Archived = "archived";
}
