namespace Culvert.Identity.Cli.Api;

internal sealed record Settings
{
    public required Uri Url { get; init; }
    public required string? CaFile { get; init; }
    public required string? CaSha256 { get; init; }

    public required string? AdminKeyFile { get; init; }

    /// <summary>The key was named for this command. It precedes a sign-in, which precedes the profile's key.</summary>
    public required bool IsKeyNamed { get; init; }

    public required string? Organization { get; init; }
    public required string? Workspace { get; init; }
    public required TimeSpan Timeout { get; init; }

    /// <summary>No change is sent: the first one stops the command and is shown.</summary>
    public required bool IsDryRun { get; init; }
}
