using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Stage;
using Culvert.Stage.Ports;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.vs_ssh.cN</c>, <c>tunnel.vs_nginx.cN</c> and <c>tunnel.bulk.vs_ssh</c>, <c>.vs_nginx</c>: the tunnel
/// compared with what an operator would use without it, in front of the forwarder that is reached directly elsewhere,
/// in the same rounds.
/// </summary>
internal sealed class VersusRows(TunnelStage stage, Checkout checkout, TimeProvider time)
{
    private const long BulkBytes = 256L * 1024 * 1024;
    private static readonly int[] Concurrencies = [1, 16, 64];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ports = PortProbe.FreeBlock();
        await using var ssh = await SshReverse.StartAsync(
            checkout,
            ports.Api,
            ports.Machine,
            stage.Direct.ConnectTo.Port,
            cancellationToken
        );
        await using var nginx = await NginxStream.StartAsync(
            checkout,
            ports.Sni,
            stage.Direct.ConnectTo.Port,
            cancellationToken
        );
        (string Name, LoadTarget Target)[] others =
        [
            ("ssh", stage.Direct with { ConnectTo = new(stage.Direct.ConnectTo.Address, ports.Machine) }),
            ("nginx", stage.Direct with { ConnectTo = new(stage.Direct.ConnectTo.Address, ports.Sni) }),
        ];
        foreach (var concurrency in Concurrencies)
        {
            await foreach (var figure in CallsAsync(others, concurrency, cancellationToken))
            {
                yield return figure;
            }
        }

        foreach (var (name, target) in others)
        {
            yield return await new BulkRow(stage, time).RunAsync(
                $"tunnel.bulk.vs_{name}",
                BulkBytes,
                cancellationToken,
                besides: target
            );
        }
    }

    private async IAsyncEnumerable<Figure> CallsAsync(
        (string Name, LoadTarget Target)[] others,
        int concurrency,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var call = (ReadOnlyMemory<byte>?)TunnelRequests.Call(stage.Through.Host);
        await using var through = await ClosedLoop.OpenAsync(stage.Through, concurrency, time, cancellationToken);
        await through.RunAsync(() => call, WarmUp, cancellationToken);
        foreach (var (name, target) in others)
        {
            await using var other = await ClosedLoop.OpenAsync(target, concurrency, time, cancellationToken);
            await other.RunAsync(() => call, WarmUp, cancellationToken);
            yield return await AlternatingRounds.RunAsync(
                $"tunnel.vs_{name}.c{concurrency}",
                (through, call),
                (other, call),
                Round,
                stage.Pids,
                cancellationToken
            );
        }
    }
}
