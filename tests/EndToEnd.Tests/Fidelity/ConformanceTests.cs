using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>
/// The conformance suite must find the same through the tunnel as directly, scenario by scenario and check by check.
/// The server's own errors occur both ways.
/// </summary>
[Collection(StandardSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class ConformanceTests(StandardSystem system) : SystemTest(system)
{
    // P5: the agent itself refuses a foreign Host and Origin, also for a server that takes any (server-everything does).
    private const string Rebinding = "dns-rebinding-protection: ";

    public static TheoryData<ConformanceTarget, string> Runs =>
        new MatrixTheoryData<ConformanceTarget, string>(
            [ConformanceTarget.Fixture, ConformanceTarget.Everything],
            ["2025-11-25", "2026-07-28"]
        );

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Conformance_ThroughTheTunnel_IsWhatADirectRunFinds(ConformanceTarget target, string requirements)
    {
        var route = target == ConformanceTarget.Fixture ? Installation.FixtureEndpoint : Installation.Endpoint;
        await using var shim = await HttpShim.StartAsync(Installation, route, StandardSystem.AllowedOrigin, Cancel);
        var expected = (await ConformanceRecord.ReadAsync(target, requirements, Cancel)).ToList();

        var found = await RunAsync(shim.Endpoint, requirements, $"{target}-tunnel");

        found.ShouldContain($"{Rebinding}localhost-host-rebinding-rejected SUCCESS");
        if (target == ConformanceTarget.Everything)
        {
            expected.RemoveAll(line => line.Contains(Rebinding, StringComparison.Ordinal));
            found.RemoveAll(line => line.Contains(Rebinding, StringComparison.Ordinal));
        }

        string.Join('\n', found).ShouldBe(string.Join('\n', expected));
        var (passed, failed) = (Count(" SUCCESS"), Count(" FAILURE"));
        Figure($"conformance {requirements}, {target}: {passed} checks passed and {failed} failed, each as directly");

        int Count(string status) => found.Count(line => line.EndsWith(status, StringComparison.Ordinal));
    }

    /// <summary>Not a test: writes what direct runs find, when the suite or a server has changed.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(Runs))]
    public async Task Record_DirectRun_IsWritten(ConformanceTarget target, string requirements)
    {
        var server =
            target == ConformanceTarget.Fixture ? Installation.Fixture!.Endpoint : Installation.McpServer.Endpoint;

        var found = await RunAsync(server, requirements, $"{target}-direct");

        await ConformanceRecord.WriteAsync(target, requirements, found, Cancel);
    }

    /// <summary>The summary's line of every scenario, then every check with its status.</summary>
    private async Task<List<string>> RunAsync(Uri server, string requirements, string name)
    {
        var folder = Installation.Run.File("conformance", $"{name}-{requirements}");
        var result = await ConformanceSuite.RunAsync(server, requirements, folder, Cancel);
        return [.. result.Scenarios, .. result.Checks];
    }
}
