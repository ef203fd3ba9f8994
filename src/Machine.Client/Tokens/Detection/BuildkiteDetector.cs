using Culvert.Platform.Launching;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>Buildkite: its agent issues the job a token with our audience.</summary>
internal sealed class BuildkiteDetector : PlatformDetector
{
    public override string Name => "buildkite";

    public override DetectorTier Tier => DetectorTier.Job;

    public override bool IsPresent(PlatformEnvironment environment) =>
        environment.Has("BUILDKITE") && environment.Has("BUILDKITE_JOB_ID");

    public override Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    ) =>
        TokenCommand.RunAsync(
            Arguments(audience),
            [.. ChildCommand.UsualEnvironment, "BUILDKITE*"],
            TokenCommand.DefaultTimeout,
            environment.Time,
            cancellationToken
        );

    internal static string[] Arguments(string audience) =>
        ["buildkite-agent", "oidc", "request-token", "--audience", audience];
}
