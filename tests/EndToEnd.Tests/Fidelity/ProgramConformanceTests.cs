using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.Policies;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>
/// A server that the agent runs as a program (stdio) conforms at least as well as the same server over HTTP, called
/// directly: what the agent adds, sessions and streams, costs no check.
/// </summary>
[Collection(PublicServersSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class ProgramConformanceTests(PublicServersSystem system) : SystemTest(system)
{
    // P5: the agent refuses a foreign Host and Origin, also for a server that takes any.
    private const string Rebinding = "dns-rebinding-protection: ";

    // What a server may offer besides: a stream that a client leaves and resumes. The agent keeps no events of a program.
    private const string Polling = "server-sse-polling: ";
    private const string Passed = " SUCCESS";
    private const string Failed = " FAILURE";

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Conformance_OfAProgram_LosesNoCheckOfTheServerOverHttp(string requirements)
    {
        var route = Installation.EndpointOf(PublicServersSystem.FixtureProgramRoute);
        await using var shim = await HttpShim.StartAsync(Installation, route, StandardSystem.AllowedOrigin, Cancel);
        var direct = await ConformanceRecord.ReadAsync(ConformanceTarget.Fixture, requirements, Cancel);

        var found = await ConformanceSuite.RunAsync(
            shim.Endpoint,
            requirements,
            Installation.Run.File("conformance", $"program-{requirements}"),
            Cancel
        );

        Named(found.Checks, Failed).Where(IsCompared).Except(Named(direct, Failed)).ShouldBeEmpty();
        // An answer may come as JSON instead of a stream of events: the suite then only notes that check.
        Named(direct, Passed).Where(IsCompared).Except(found.Checks.Select(NameOf)).ShouldBeEmpty();
        Named(found.Checks, Passed).Count().ShouldBeGreaterThan(60);
    }

    private static IEnumerable<string> Named(IEnumerable<string> lines, string status) =>
        lines.Where(line => line.EndsWith(status, StringComparison.Ordinal)).Select(NameOf);

    private static bool IsCompared(string name) =>
        !name.StartsWith(Rebinding, StringComparison.Ordinal) && !name.StartsWith(Polling, StringComparison.Ordinal);

    private static string NameOf(string check) => check[..check.LastIndexOf(' ')];
}
