namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>HCP Terraform: one token per phase, in a variable; it cannot be requested again.</summary>
internal sealed class TerraformDetector : PlatformDetector
{
    // HCP Terraform can issue named tokens besides the default one, so that each audience has its own.
    private static readonly string[] Variables = ["TFC_WORKLOAD_IDENTITY_TOKEN_CULVERT", "TFC_WORKLOAD_IDENTITY_TOKEN"];

    public override string Name => "terraform";

    public override DetectorTier Tier => DetectorTier.Job;

    public override bool IsPresent(PlatformEnvironment environment) => Variables.Any(environment.Has);

    public override string? Missing(PlatformEnvironment environment) =>
        environment.Has("TFC_RUN_ID")
            ? "This Terraform run has no token: set TFC_WORKLOAD_IDENTITY_AUDIENCE_CULVERT in the workspace."
            : null;

    public override Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            Variables.Select(name => environment[name]).FirstOrDefault(value => value is not null)
                ?? throw Failed("TFC_WORKLOAD_IDENTITY_TOKEN is not set.")
        );
}
