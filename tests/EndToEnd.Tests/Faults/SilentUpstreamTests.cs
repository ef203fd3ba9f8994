using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>A server that accepts calls and does not respond, and one that does not run.</summary>
[Collection(FaultSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class SilentUpstreamTests(FaultSystem system) : FaultTest(system)
{
    private const int AtOnce = 50;

    /// <summary>Connections that may open and close at any time: a health probe, a feed's long poll.</summary>
    private const int Incidental = 12;

    [Fact]
    public async Task Upstream_NeverAnswers_IsToldAsSuchAndEverythingIsGivenBack()
    {
        await MendAsync();
        var (file, settings) = await ShortenAsync();
        try
        {
            await CallAllAsync("warm");
            await UntilQuietAsync();
            var before = (
                Edge: ProgramUse.Of(Installation.Edge.Process),
                Agent: ProgramUse.Of(Installation.Agent.Process)
            );

            var answers = await CallAllAsync("again");
            await UntilQuietAsync();
            await UntilAsync(
                () =>
                    Task.FromResult(
                        ProgramUse.Of(Installation.Edge.Process).Descriptors <= before.Edge.Descriptors + Incidental
                            && ProgramUse.Of(Installation.Agent.Process).Descriptors
                                <= before.Agent.Descriptors + Incidental
                    ),
                "descriptors are given back"
            );
            var (edge, agent) = (ProgramUse.Of(Installation.Edge.Process), ProgramUse.Of(Installation.Agent.Process));

            Figure(
                $"upstream that never answers, {AtOnce} calls: all told by hop; descriptors edge "
                    + $"{before.Edge.Descriptors} → {edge.Descriptors}, agent {before.Agent.Descriptors} → "
                    + $"{agent.Descriptors}; memory edge {edge.ResidentKiB - before.Edge.ResidentKiB:+0;-0} KiB, "
                    + $"agent {agent.ResidentKiB - before.Agent.ResidentKiB:+0;-0} KiB"
            );
            answers.ShouldAllBe(a =>
                a.StartsWith("HTTP/1.1 504 ", StringComparison.Ordinal)
                && a.Contains("culvert-failed-hop: upstream\r\n", StringComparison.Ordinal)
                && a.Contains("culvert-reason: upstream.headers_timeout\r\n", StringComparison.Ordinal)
            );
            (agent.ResidentKiB - before.Agent.ResidentKiB).ShouldBeLessThan(AtOnce * 512);
        }
        finally
        {
            await UseAsync(file, settings);
        }
    }

    [Fact] // a reset in the moment after the connection was made was once answered as an error of the agent
    public async Task Upstream_ResetsEveryConnection_IsAlwaysTheHopThatFailed()
    {
        await MendAsync();
        System.UpstreamPath.Down();
        await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
        for (var i = 0; i < 200; i++)
        {
            var answer = await connection.CallAsync($"reset-{i}", Cancel);
            answer.ShouldContain("culvert-failed-hop: upstream\r\n");
        }

        await MendAsync(connection);
        System.Upstream.Calls().Keys.ShouldNotContain(id => id.StartsWith("reset-", StringComparison.Ordinal));
    }

    private async Task MendAsync(TunnelConnection connection)
    {
        await connection.DisposeAsync();
        await MendAsync();
    }

    /// <summary>Changes the route of the running agent, and waits until that counts.</summary>
    private async Task<(string File, string Settings)> ShortenAsync()
    {
        var file = Installation.Run.File(Installation.Agent.Name, "agent.yaml");
        var settings = await File.ReadAllTextAsync(file, Cancel);
        var before = $"response_headers: {FaultSystem.HeadersTimeout.TotalSeconds}s";
        settings.ShouldContain(before);
        await UseAsync(file, settings.Replace(before, "response_headers: 2s", StringComparison.Ordinal));
        return (file, settings);
    }

    /// <summary>Writes the agent's file, and waits until the agent reports that it is in force.</summary>
    private async Task UseAsync(string file, string settings)
    {
        var reloads = new LogCount(Installation.Agent.Process, "\"event\":\"ConfigurationReloaded\"");
        await File.WriteAllTextAsync(file, settings, CancellationToken.None);
        await UntilAsync(() => Task.FromResult(reloads.Now > 0), "the agent's file is in force");
    }

    private async Task<string[]> CallAllAsync(string prefix) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(async i =>
                {
                    await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
                    return await connection.CallAsync($"never:{prefix}-{i}", Cancel);
                })
        );
}
