namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>GitLab CI: the job's <c>id_tokens:</c> put a token with our audience into a variable.</summary>
internal sealed class GitLabDetector : PlatformDetector
{
    public const string Variable = "CULVERT_ID_TOKEN";

    public override string Name => "gitlab";

    public override DetectorTier Tier => DetectorTier.Job;

    public override bool IsPresent(PlatformEnvironment environment) =>
        environment.Has("GITLAB_CI") && environment.Has(Variable);

    public override string? Missing(PlatformEnvironment environment) =>
        environment.Has("GITLAB_CI")
            ? $"This GitLab job has no token: add `id_tokens: {{ {Variable}: {{ aud: … }} }}` to it."
            : null;

    public override Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            environment[Variable]
                ?? throw Failed($"{Variable} is not set; name it under `id_tokens:` of the job, with our audience.")
        );
}
