using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>Finds the other programs: next to this one, as published, or in their projects' build output.</summary>
internal sealed class SiblingPrograms(string folder)
{
    public const string Service = "identity-service";
    public const string Edge = "tunnel-edge";
    public const string Agent = "tunnel-agent";

    private static readonly Dictionary<string, string> Projects = new()
    {
        [Service] = "Identity.Service",
        [Edge] = "Tunnel.Edge",
        [Agent] = "Tunnel.Agent",
    };

    public static SiblingPrograms OfThisProcess() => new(AppContext.BaseDirectory);

    /// <exception cref="CommandFailure">The program is in neither place.</exception>
    public string Find(string program)
    {
        var beside = Path.Combine(folder, program);
        if (File.Exists(beside))
        {
            return beside;
        }

        // src/Identity.Cli/bin/CONFIGURATION/FRAMEWORK -> src/PROJECT/bin/CONFIGURATION/FRAMEWORK
        var framework = new DirectoryInfo(folder);
        if (framework.Parent is { Parent: { Name: "bin", Parent.Parent: { } sources } } configuration)
        {
            var built = Path.Combine(
                sources.FullName,
                Projects[program],
                "bin",
                configuration.Name,
                framework.Name,
                program
            );
            if (File.Exists(built))
            {
                return built;
            }
        }

        throw new CommandFailure(ExitCode.Failed, $"{program} is not in the folder of this program")
        {
            Where = beside,
            Next = "install the programs into one folder, or build all of them",
        };
    }
}
