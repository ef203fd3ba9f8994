using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>
/// A server that the agent runs as a program (stdio) conforms at least as well as the same server over HTTP, called
/// directly: what the agent adds, sessions and streams, costs no check.
/// </summary>
[Trait("Level", "full")]
public sealed class ProgramConformanceTests(ProgramSystem system) : SystemTest(system), IClassFixture<ProgramSystem>
{
    // P5: the agent refuses a foreign Host and Origin, also for a server that takes any.
    private const string Rebinding = "dns-rebinding-protection: ";
    private const string Passed = " SUCCESS";
    private const string Failed = " FAILURE";

    // server-everything speaks 2025-11-25 alone.
    [Theory]
    [InlineData(ConformanceTarget.Everything, "2025-11-25")]
    [InlineData(ConformanceTarget.Fixture, "2025-11-25")]
    [InlineData(ConformanceTarget.Fixture, "2026-07-28")]
    public async Task Conformance_OfAProgram_LosesNoCheckOfTheServerOverHttp(
        ConformanceTarget target,
        string requirements
    )
    {
        var route =
            target == ConformanceTarget.Fixture ? Installation.FixtureProgramEndpoint : Installation.ProgramEndpoint;
        await using var shim = await HttpShim.StartAsync(Installation, route, StandardSystem.AllowedOrigin, Cancel);
        var direct = await ConformanceRecord.ReadAsync(target, requirements, Cancel);

        var found = await ConformanceSuite.RunAsync(
            shim.Endpoint,
            requirements,
            Installation.Run.File("conformance", $"program-{target}-{requirements}"),
            Cancel
        );

        var checks = found.Checks.Where(check => !check.StartsWith(Rebinding, StringComparison.Ordinal)).ToHashSet();
        Named(checks, Failed).Except(Named(direct, Failed)).ShouldBeEmpty();
        // An answer may come as JSON instead of a stream of events: the suite then only notes that check.
        Named(direct, Passed)
            .Where(name => !name.StartsWith(Rebinding, StringComparison.Ordinal))
            .Except(checks.Select(NameOf))
            .ShouldBeEmpty();
        Named(checks, Passed).Count().ShouldBeGreaterThan(requirements == "2025-11-25" ? 20 : 60);
    }

    private static IEnumerable<string> Named(IEnumerable<string> lines, string status) =>
        lines.Where(line => line.EndsWith(status, StringComparison.Ordinal)).Select(NameOf);

    private static string NameOf(string check) => check[..check.LastIndexOf(' ')];
}
