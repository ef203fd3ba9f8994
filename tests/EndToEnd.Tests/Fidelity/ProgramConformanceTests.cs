using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>
/// The conformance suite must find the same of a server that the agent runs as a program (stdio) as of that server over HTTP,
/// called directly: what the agent adds, sessions and streams, conforms as the server's own does.
/// </summary>
[Trait("Level", "full")]
public sealed class ProgramConformanceTests(ProgramSystem system) : SystemTest(system), IClassFixture<ProgramSystem>
{
    // P5: the agent refuses a foreign Host and Origin, also for a server that takes any.
    private const string Rebinding = "dns-rebinding-protection: ";

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Conformance_OfAProgram_IsThatOfTheSameServerOverHttp(string requirements)
    {
        await using var shim = await HttpShim.StartAsync(
            Installation,
            Installation.ProgramEndpoint,
            StandardSystem.AllowedOrigin,
            Cancel
        );
        var expected = await ConformanceRecord.ReadAsync(ConformanceTarget.Everything, requirements, Cancel);

        var found = await ConformanceSuite.RunAsync(
            shim.Endpoint,
            requirements,
            Installation.Run.File("conformance", $"program-{requirements}"),
            Cancel
        );

        string.Join('\n', Summary(found.Scenarios)).ShouldBe(string.Join('\n', Summary(expected)));
    }

    private static IEnumerable<string> Summary(IEnumerable<string> lines) =>
        lines.Where(line => line[0] is '✓' or '✗' && !line.Contains(Rebinding, StringComparison.Ordinal));
}
