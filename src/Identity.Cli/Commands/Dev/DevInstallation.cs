using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The output of <c>identity-service init</c>.</summary>
/// <param name="OrganizationId">The only organization.</param>
/// <param name="WorkspaceId">Its default workspace.</param>
/// <param name="RootPin">SHA-256 of the platform root, which authenticates the service to all programs here.</param>
internal sealed record DevInstallation(string OrganizationId, string WorkspaceId, string RootPin)
{
    public static DevInstallation Parse(string output)
    {
        var lines = output.Split('\n');
        return new DevInstallation(After("organization "), After("workspace "), After("platform root  sha256 "));

        string After(string words) =>
            lines.FirstOrDefault(l => l.StartsWith(words, StringComparison.Ordinal)) is { } line
                ? line[words.Length..].Trim()
                : throw new CommandFailure(ExitCode.Failed, $"identity-service init did not print its {words.Trim()}")
                {
                    Next = "install the programs of one version together: culvert version",
                };
    }
}
