using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>
/// The conformance suite must find the same through the tunnel as directly, scenario by scenario and check by check. What
/// a server does wrong by itself it does wrong on both ways.
/// </summary>
[Collection(StandardSystemCollection.Name)]
public sealed class ConformanceTests(StandardSystem system) : SystemTest(system)
{
    // P5: the agent itself refuses a foreign Host and Origin, also for a server that takes any (server-everything does).
    private const string Rebinding = "dns-rebinding-protection: ";

    // Some scenarios look for half a second and judge what came by then: on a crowded machine either run may miss it.
    private const int Attempts = 3;

    public enum Target
    {
        Everything,
        Fixture,
    }

    [Theory]
    [InlineData(Target.Fixture, "2025-11-25")]
    [InlineData(Target.Fixture, "2026-07-28")]
    [InlineData(Target.Everything, "2025-11-25")]
    [InlineData(Target.Everything, "2026-07-28")]
    public async Task Conformance_ThroughTheTunnel_IsWhatADirectRunFinds(Target target, string requirements)
    {
        var (direct, route) =
            target == Target.Fixture
                ? (Installation.Fixture!.Endpoint, Installation.FixtureEndpoint)
                : (Installation.McpServer.Endpoint, Installation.Endpoint);
        await using var shim = await HttpShim.StartAsync(Installation, route, StandardSystem.AllowedOrigin, Cancel);

        List<string> expected = [],
            found = [];
        for (var attempt = 1; attempt == 1 || (attempt <= Attempts && !found.SequenceEqual(expected)); attempt++)
        {
            expected = await RunAsync(direct, requirements, $"{target}-direct-{attempt}");
            found = await RunAsync(shim.Endpoint, requirements, $"{target}-tunnel-{attempt}");
            found.ShouldContain($"{Rebinding}localhost-host-rebinding-rejected SUCCESS");
            if (target == Target.Everything)
            {
                expected.RemoveAll(line => line.Contains(Rebinding, StringComparison.Ordinal));
                found.RemoveAll(line => line.Contains(Rebinding, StringComparison.Ordinal));
            }
        }

        string.Join('\n', found).ShouldBe(string.Join('\n', expected));
        var (passed, failed) = (Count(" SUCCESS"), Count(" FAILURE"));
        Figure($"conformance {requirements}, {target}: {passed} checks passed and {failed} failed, each as directly");

        int Count(string status) => found.Count(line => line.EndsWith(status, StringComparison.Ordinal));
    }

    /// <summary>The summary's line of every scenario, then every check with its status.</summary>
    private async Task<List<string>> RunAsync(Uri server, string requirements, string name)
    {
        var folder = Installation.Run.File("conformance", $"{name}-{requirements}");
        var result = await ConformanceSuite.RunAsync(server, requirements, folder, Cancel);
        return [.. result.Scenarios, .. result.Checks];
    }
}
