namespace Culvert.Identity.Cli.Api;

/// <summary>What a command uses to reach the service, after flags, environment variables and the profile were weighed.</summary>
internal sealed record Settings
{
    public required Uri Url { get; init; }
    public required string? CaFile { get; init; }
    public required string? CaSha256 { get; init; }

    /// <summary>From a flag, a variable, or the profile.</summary>
    public required string? AdminKeyFile { get; init; }

    /// <summary>The key was named for this very command: it wins over a sign-in, which wins over the profile's.</summary>
    public required bool IsKeyNamed { get; init; }

    public required string? Organization { get; init; }
    public required string? Workspace { get; init; }
    public required TimeSpan Timeout { get; init; }

    /// <summary>No change is sent: the first one ends the command and is shown.</summary>
    public required bool IsDryRun { get; init; }
}
