using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Benchmarks.Tunnel;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.RunState;

namespace Culvert.Benchmarks.Credentials;

/// <summary>
/// What a credential for an upstream costs a call of 4 kB: <c>credentials.federated</c> with a cached token of the client
/// credentials grant, and <c>credentials.aws</c> with a signature, each compared with a static one. The calls go through
/// the agent's forwarder alone: edge and tunnel would only make the difference smaller.
/// </summary>
internal sealed class CredentialsBench(string folder, TimeProvider time)
{
    private const string Domain = "bench.test";
    private const int Concurrency = 16;
    private const int Rounds = 9;
    private const int MessageBytes = 4_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var run = new RunDirectory(folder, time);
        run.Create();
        var certificates = run.Folder("bench");
        var (host, first, second) = ($"{TunnelAgent.Route}.{Domain}", PortProbe.FreeBlock(), PortProbe.FreeBlock());
        await OpenSsl.CreateRootAsync(certificates, "ca", "/CN=Bench", cancellationToken);
        await OpenSsl.IssueServerAsync(certificates, "server", "ca", [$"DNS:{host}"], cancellationToken);
        await using var upstream = await ChildServer.StartAsync("upstream", first.Api, certificates, cancellationToken);
        await using var @static = await ForwarderAsync(BenchCredentials.Static, first.Machine);
        await using var federated = await ForwarderAsync(BenchCredentials.Federated, first.Sni);
        await using var signed = await ForwarderAsync(BenchCredentials.Aws, second.Api);
        var call = (ReadOnlyMemory<byte>?)TunnelRequests.Call(host, message: new string('m', MessageBytes));
        await using var withStatic = await OpenAsync(first.Machine);
        await using var withToken = await OpenAsync(first.Sni);
        await using var withSignature = await OpenAsync(second.Api);
        ClosedLoop[] loops = [withStatic, withToken, withSignature];
        foreach (var loop in loops)
        {
            await loop.RunAsync(() => call, WarmUp, cancellationToken);
        }

        var results = loops.Select(_ => new List<LoadResult>()).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (loop, rounds) in loops.Zip(results))
            {
                rounds.Add(await loop.RunAsync(() => call, Round, cancellationToken));
            }
        }

        return
        [
            Figure.Of("credentials.federated", results[1], results[0]),
            Figure.Of("credentials.aws", results[2], results[0]),
            await GrantMemory.MeasureAsync(time, cancellationToken),
        ];

        Task<ChildServer> ForwarderAsync(string kind, int port) =>
            ChildServer.StartAsync(
                "forwarder",
                port,
                run.Folder(kind),
                new Dictionary<string, string> { [BenchCredentials.Variable] = "Bearer bench" },
                cancellationToken,
                Path.Combine(certificates, "server.pem"),
                Path.Combine(certificates, "server.key"),
                Domain,
                $"{first.Api}",
                kind
            );

        Task<ClosedLoop> OpenAsync(int port) =>
            ClosedLoop.OpenAsync(
                LoadTarget.Of(host, port, Path.Combine(certificates, "ca.pem")),
                Concurrency,
                time,
                cancellationToken
            );
    }
}
