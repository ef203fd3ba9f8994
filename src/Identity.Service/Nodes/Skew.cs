namespace Culvert.Identity.Service.Nodes;

internal static class Skew
{
    /// <summary>Edges, agents and other nodes are compatible within this many minor versions, older or newer.</summary>
    public const int MaxMinor = 1;

    public const string Same = "same";
    public const string Older = "older";
    public const string Newer = "newer";
    public const string Unsupported = "unsupported";
    public const string Unknown = "unknown";

    /// <param name="other">The version that the program reported; null = none yet.</param>
    public static string Describe(string service, string? other)
    {
        if (!Version.TryParse(GetCore(service), out var own) || !Version.TryParse(GetCore(other), out var theirs))
        {
            return Unknown;
        }

        return own.Major != theirs.Major || Math.Abs(own.Minor - theirs.Minor) > MaxMinor ? Unsupported
            : theirs == own ? Same
            : theirs < own ? Older
            : Newer;
    }

    // A pre-release counts as its release.
    private static string? GetCore(string? version) => version?.Split('-', '+')[0];
}
