using System.Text.Json;
using Culvert.Platform.Launching;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>
/// CircleCI: its command line issues a token with our audience. The tokens in variables have the organization's default
/// audience, which every other service may request too.
/// </summary>
internal sealed class CircleCiDetector : PlatformDetector
{
    public override string Name => "circleci";

    public override DetectorTier Tier => DetectorTier.Job;

    public override bool IsPresent(PlatformEnvironment environment) =>
        environment.Has("CIRCLECI")
        && (environment.Has("CIRCLE_OIDC_TOKEN") || environment.Has("CIRCLE_OIDC_TOKEN_V2"));

    public override string? Missing(PlatformEnvironment environment) =>
        environment.Has("CIRCLECI") ? "This CircleCI job has no OIDC token: use a context in it." : null;

    public override Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    ) =>
        TokenCommand.RunAsync(
            Arguments(audience),
            [.. ChildCommand.UsualEnvironment, "CIRCLE*"],
            TokenCommand.DefaultTimeout,
            environment.Time,
            cancellationToken
        );

    internal static string[] Arguments(string audience) =>
        ["circleci", "run", "oidc", "get", "--claims", $$"""{"aud":"{{JsonEncodedText.Encode(audience)}}"}"""];
}
