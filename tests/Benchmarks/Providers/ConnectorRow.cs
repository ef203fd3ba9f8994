using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Providers;

/// <summary>
/// <c>providers.connector.calls.c16</c> and <c>…agent_cpu_per_1k.c16</c>: calls whose TLS is carried by WebSockets, as a provider's
/// connector does it, compared with TLS over TCP to the same listener.
/// </summary>
internal sealed class ConnectorRow(ProvidersStage stage, TimeProvider time)
{
    private const int Connections = 16;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var call = (ReadOnlyMemory<byte>?)ProviderRequests.Call(stage.Connector.Host);
        var target = stage.Connector with { IsWebSocket = true };
        await using var carried = await ClosedLoop.OpenAsync(target, Connections, time, cancellationToken);
        await using var direct = await ClosedLoop.OpenAsync(stage.Connector, Connections, time, cancellationToken);
        await carried.RunAsync(() => call, WarmUp, cancellationToken);
        await direct.RunAsync(() => call, WarmUp, cancellationToken);
        List<LoadResult> measured = [],
            compared = [];
        List<TimeSpan> processor = [],
            comparedProcessor = [];
        for (var round = 0; round < LoadPlan.Rounds; round++)
        {
            var before = ProcessorTime.Of(stage.AgentPid);
            measured.Add(await carried.RunAsync(() => call, plan.Round, cancellationToken));
            var between = ProcessorTime.Of(stage.AgentPid);
            compared.Add(await direct.RunAsync(() => call, plan.Round, cancellationToken));
            processor.Add((between - before) * 1000 / measured[^1].Requests);
            comparedProcessor.Add((ProcessorTime.Of(stage.AgentPid) - between) * 1000 / compared[^1].Requests);
        }

        return
        [
            Figure.Of($"providers.connector.calls.c{Connections}", measured, compared),
            Figure.OfProcessor($"providers.connector.agent_cpu_per_1k.c{Connections}", processor, comparedProcessor),
        ];
    }
}
