using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>edge.idle_connection</c> and <c>agent.idle_connection</c>: what a thousand inner connections that have made one call
/// and rest add to a process's resident memory, each, in KiB.
/// </summary>
internal sealed class IdleRow(TunnelStage stage, TimeProvider time)
{
    private const int Connections = 1_000;
    private const int AtOnce = 16;

    /// <summary>What was needed on the way gets time to go back.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        // A first thousand pays for what every thousand after it finds: pools, heaps, tables.
        await CloseAsync(await OpenAsync(cancellationToken));
        await Task.Delay(Rest, time, cancellationToken);
        var (edgeBefore, agentBefore) = (ResidentMemory.KiB(stage.EdgePid), ResidentMemory.KiB(stage.AgentPid));
        var open = await OpenAsync(cancellationToken);
        await Task.Delay(Rest, time, cancellationToken);
        var (edge, agent) = (ResidentMemory.KiB(stage.EdgePid), ResidentMemory.KiB(stage.AgentPid));
        await CloseAsync(open);
        return
        [
            Figure.OfValue("edge.idle_connection", "KiB", [(edge - edgeBefore) / Connections]),
            Figure.OfValue("agent.idle_connection", "KiB", [(agent - agentBefore) / Connections]),
        ];
    }

    private async Task<List<HttpConnection>> OpenAsync(CancellationToken cancellationToken)
    {
        var call = TunnelRequests.Call(stage.Through.Host);
        List<HttpConnection> open = [];
        while (open.Count < Connections)
        {
            var some = await Task.WhenAll(
                Enumerable
                    .Range(0, Math.Min(AtOnce, Connections - open.Count))
                    .Select(_ => HttpConnection.OpenAsync(stage.Through, cancellationToken))
            );
            open.AddRange(some);
            await Task.WhenAll(some.Select(c => c.SendAsync(call, cancellationToken).AsTask()));
        }

        return open;
    }

    private static async Task CloseAsync(List<HttpConnection> open)
    {
        foreach (var connection in open)
        {
            await connection.DisposeAsync();
        }
    }
}
