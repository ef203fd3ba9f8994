using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

/// <summary>A check that a page tells its reader to run is one of that program: another name is a usage error.</summary>
public sealed partial class DoctorCheckTests
{
    // Checks of certificates and tokens are shared by agent and edge.
    private static readonly IReadOnlyDictionary<string, string[]> Projects = new Dictionary<string, string[]>
    {
        ["tunnel-agent"] = ["Tunnel.Agent", "Machine.Client", "Platform"],
        ["tunnel-edge"] = ["Tunnel.Edge", "Machine.Client", "Platform"],
        ["identity-service"] = ["Identity.Service", "Platform"],
        ["culvert"] = ["Identity.Cli", "Platform"],
    };

    private static readonly Lazy<IReadOnlyDictionary<string, string>> Sources = new(() =>
        Projects.ToDictionary(
            program => program.Key,
            program =>
                string.Concat(
                    Repository
                        .Sources()
                        .Where(file => file.Contains("Doctor", StringComparison.Ordinal) && IsOf(program.Value, file))
                        .Select(File.ReadAllText)
                )
        )
    );

    [Fact]
    public void Check_OfAnyPage_IsOneOfTheProgram() =>
        Repository
            .Pages()
            .SelectMany(page => Unknown(Path.GetRelativePath(Repository.Root, page), File.ReadAllText(page)))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("`tunnel-edge doctor --check open_files`")]
    [InlineData("identity-service doctor --check inner_chain")]
    public void Check_OfNoProgram_IsFound(string text) => Unknown("page.md", text).Count().ShouldBe(1);

    [Theory]
    [InlineData("`tunnel-edge doctor --check descriptors`")]
    [InlineData("tunnel-agent doctor --config agent.yaml --check inner_chain")]
    public void Check_OfTheProgram_IsNot(string text) => Unknown("page.md", text).ShouldBeEmpty();

    private static IEnumerable<string> Unknown(string page, string text) =>
        Check()
            .Matches(text)
            .Select(match => (Program: match.Groups["program"].Value, Name: match.Groups["name"].Value))
            .Where(check => !Sources.Value[check.Program].Contains($"\"{check.Name}\"", StringComparison.Ordinal))
            .Select(check => $"{page}: {check.Program} has no check {check.Name}");

    private static bool IsOf(string[] projects, string file) =>
        projects.Contains(Path.GetRelativePath(Repository.PathOf("src"), file).Split(Path.DirectorySeparatorChar)[0]);

    [GeneratedRegex(
        @"(?<program>culvert|identity-service|tunnel-agent|tunnel-edge) doctor(?: --[a-z]+ [^\s`]+)*? --check\s+(?<name>[a-z_]+)"
    )]
    private static partial Regex Check();
}
