namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>Spacelift: one token per run, in a variable.</summary>
internal sealed class SpaceliftDetector : PlatformDetector
{
    private const string Variable = "SPACELIFT_OIDC_TOKEN";

    public override string Name => "spacelift";

    public override DetectorTier Tier => DetectorTier.Job;

    public override bool IsPresent(PlatformEnvironment environment) => environment.Has(Variable);

    public override Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    ) => Task.FromResult(environment[Variable] ?? throw Failed($"{Variable} is not set."));
}
