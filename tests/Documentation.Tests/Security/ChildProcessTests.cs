using Shouldly;

namespace Culvert.Documentation.Tests.Security;

/// <summary>S39: programs are started in one place, with an environment that is chosen.</summary>
public sealed class ChildProcessTests
{
    [Theory]
    [InlineData("M:System.Diagnostics.ProcessStartInfo.#ctor")]
    [InlineData("M:System.Diagnostics.ProcessStartInfo.#ctor(System.String)")]
    [InlineData("M:System.Diagnostics.ProcessStartInfo.#ctor(System.String,System.String)")]
    [InlineData(
        "M:System.Diagnostics.ProcessStartInfo.#ctor(System.String,System.Collections.Generic.IEnumerable{System.String})"
    )]
    [InlineData("M:System.Diagnostics.Process.#ctor")]
    [InlineData("M:System.Diagnostics.Process.Start")]
    [InlineData("M:System.Diagnostics.Process.Start(System.String)")]
    [InlineData("M:System.Diagnostics.Process.Start(System.Diagnostics.ProcessStartInfo)")]
    public void Program_StartedElsewhere_FailsTheBuild(string symbol) =>
        File.ReadLines(Repository.PathOf("src/BannedSymbols.txt"))
            .ShouldContain(line => line.StartsWith($"{symbol};", StringComparison.Ordinal));

    [Fact]
    public void Program_StartedPastTheBan_IsOneOfThese() =>
        Repository
            .Sources()
            .Where(file =>
                File.ReadAllText(file) is var text
                && text.Contains("pragma warning disable RS0030", StringComparison.Ordinal)
                && text.Contains("ProcessStartInfo", StringComparison.Ordinal)
            )
            .Select(file => Path.GetRelativePath(Repository.PathOf("src"), file))
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                "Platform/Launching/ChildCommand.cs",
                "Platform/Launching/ProgramProcess.cs",
                "Tunnel.Agent/Upstreams/Stdio/ChildProcess.cs",
            ]);
}
