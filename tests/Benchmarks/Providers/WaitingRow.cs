using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Servers;
using Culvert.Benchmarks.Tunnel;

namespace Culvert.Benchmarks.Providers;

/// <summary>
/// <c>providers.longpoll.waiting</c>: what a call that the MCP server holds adds to the agent's resident memory, connection to the
/// server included.
/// </summary>
internal sealed class WaitingRow(ProvidersStage stage, TimeProvider time)
{
    /// <summary>
    /// These pay for what all after them find: pools, tables, and the part of the heap that is filled before a collection.
    /// </summary>
    private const int First = 2_000;

    private const int Further = 6_000;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>What was needed on the way gets time to go back.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly string template = LoadedControlPlane.CreateTemplate(ProviderRequests.Create(EchoUpstream.Held));

    public async Task<Figure> RunAsync(CancellationToken cancellationToken)
    {
        List<Task<AnsweredCall>> calls = [];
        await HoldAsync(calls, First, cancellationToken);
        var before = ResidentMemory.KiB(stage.AgentPid);
        await HoldAsync(calls, Further, cancellationToken);
        var after = ResidentMemory.KiB(stage.AgentPid);
        await stage.ReleaseAsync(cancellationToken);
        var answers = await Task.WhenAll(calls);
        if (answers.Any(answer => answer.Status != 200))
        {
            throw new InvalidOperationException("A call that was held was not answered with 200.");
        }

        return Figure.OfValue("providers.longpoll.waiting", "kB", [(after - before) * 1024 / 1000 / Further]);
    }

    private async Task HoldAsync(List<Task<AnsweredCall>> calls, int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            calls.Add(stage.Plane.CallAsync(template, cancellationToken));
        }

        while (stage.Plane.Queued > 0)
        {
            await Task.Delay(Step, time, cancellationToken);
        }

        await Task.Delay(Rest, time, cancellationToken);
    }
}
