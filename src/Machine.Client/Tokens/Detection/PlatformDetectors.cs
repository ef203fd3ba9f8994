namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>All detectors. They are never tried in turn: a token of the wrong workload could be sent.</summary>
internal static class PlatformDetectors
{
    /// <summary>Chooses by what is present.</summary>
    public const string Auto = "auto";

    public const string None = "none";

    public static readonly IReadOnlyList<PlatformDetector> All =
    [
        new GitHubDetector(),
        new GitLabDetector(),
        new CircleCiDetector(),
        new BuildkiteDetector(),
        new TerraformDetector(),
        new SpaceliftDetector(),
        new SpiffeDetector(),
        new KubernetesDetector(),
        new AwsDetector(),
        new GcpDetector(),
        new AzureDetector(),
    ];

    public static readonly string[] Names = [Auto, None, .. All.Select(d => d.Name)];

    /// <summary>The detector of that name, or the one that <see cref="Auto"/> selects here.</summary>
    /// <exception cref="IdentityTokenException">No platform is present, or more than one.</exception>
    public static PlatformDetector Choose(string name, PlatformEnvironment environment)
    {
        if (name != Auto)
        {
            return All.First(d => d.Name == name);
        }

        var present = All.Where(d => d.IsPresent(environment)).ToList();
        if (present.Exists(d => d.Tier != DetectorTier.Machine))
        {
            present.RemoveAll(d => d.Tier == DetectorTier.Machine);
        }

        return present.Count switch
        {
            1 => present[0],
            0 => throw new IdentityTokenException(Absent(environment)),
            _ => throw new IdentityTokenException(
                $"More than one source of an identity token was found: {JoinNames(present)}. "
                    + "Set identity.token.detector to the intended source."
            ),
        };
    }

    private static string Absent(PlatformEnvironment environment)
    {
        var hints = All.Select(d => d.Missing(environment)).OfType<string>().ToList();
        return "No source of an identity token was found."
            + (hints.Count > 0 ? $" {string.Join(' ', hints)}" : "")
            + " Set identity.token.file, .environment, .command or .detector.";
    }

    private static string JoinNames(List<PlatformDetector> detectors) =>
        string.Join(", ", detectors.Select(d => d.Name));
}
