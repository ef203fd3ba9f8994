using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.RunState;

namespace Culvert.Benchmarks.Exchange;

/// <summary><c>exchange.sqlite.c64</c>: IdP tokens exchanged for access tokens, each durable before its answer.</summary>
internal sealed class ExchangeBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Connections = 64;
    private const string Issuer = "https://idp.example.com";

    /// <summary>Typical size of the answer, so that the floor sends as much.</summary>
    private const int AnswerBytes = 900;

    /// <summary>With less, one measures the compiler.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(6);

    /// <summary>More than a round can use at the rate that one can hope for on two cores.</summary>
    private static readonly int Assertions = (int)((WarmUp + Duration).TotalSeconds * 14_000);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var run = new RunDirectory(folder, time);
        run.Create();
        Programs.CopyTo(checkout, run.Binaries);
        var ports = PortProbe.FreeBlock();
        var service = new IdentityService(run, ports, time);
        await service.ConfigureAsync(new InstallationOptions { ExchangesPerSecond = 1_000_000 }, cancellationToken);
        await service.InitializeAsync("Bench", cancellationToken);
        service.Start();
        run.Ledger.Write([service.Process.Stamp]);
        try
        {
            await service.WaitAsync(cancellationToken);
            await service.FetchPlatformRootAsync(cancellationToken);
            var requests = await PrepareAsync(run, service, cancellationToken);
            var measured = await MeasureAsync(
                LoadTarget.Of("localhost", ports.Api, service.PlatformCaFile),
                requests,
                reuse: false,
                cancellationToken
            );
            await service.Process.StopAsync(TimeSpan.FromSeconds(5), cancellationToken);
            var floor = await MeasureFloorAsync(run, ports.Machine, requests, cancellationToken);
            return [Figure.Of("exchange.sqlite.c64", measured, floor)];
        }
        finally
        {
            await run.StopRecordedAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> PrepareAsync(
        RunDirectory run,
        IdentityService service,
        CancellationToken cancellationToken
    )
    {
        using var mill = new AssertionMill();
        var keys = run.File("jwks.json");
        await File.WriteAllTextAsync(keys, mill.JwkSet(), cancellationToken);
        var culvert = new Operator(run, service);
        using var api = new ManagementApi(service);
        var organization = await api.GetAsync("/v1/organizations/current", cancellationToken);
        var issuer = await culvert.CreateAsync(
            "issuer create bench",
            cancellationToken,
            ["--url", Issuer, "--jwks-file", keys]
        );
        var account = await culvert.CreateAsync(
            "service-account create bench",
            cancellationToken,
            ["--workspace-role", "developer"]
        );
        string[] rule = ["--issuer", issuer, "--service-account", account, "--subject", AssertionMill.Subject];
        var ruleId = await culvert.CreateAsync(
            "rule create bench",
            cancellationToken,
            [.. rule, "--scope", "workspace:manage_tunnels"]
        );
        return mill.Requests(
            Assertions,
            Issuer,
            new Uri(service.PublicUrl),
            ruleId,
            organization.GetProperty("id").GetString()!,
            time.GetUtcNow()
        );
    }

    private async Task<LoadResult> MeasureFloorAsync(
        RunDirectory run,
        int port,
        IReadOnlyList<ReadOnlyMemory<byte>> requests,
        CancellationToken cancellationToken
    )
    {
        var certificates = run.Folder("floor");
        await OpenSsl.CreateRootAsync(certificates, "ca", "/CN=Bench", cancellationToken);
        await OpenSsl.IssueServerAsync(certificates, "server", "ca", ["DNS:localhost"], cancellationToken);
        await using var floor = await ChildServer.StartAsync(
            "empty",
            port,
            certificates,
            cancellationToken,
            Path.Combine(certificates, "server.pem"),
            Path.Combine(certificates, "server.key"),
            $"{AnswerBytes}"
        );
        return await MeasureAsync(
            LoadTarget.Of("localhost", port, Path.Combine(certificates, "ca.pem")),
            requests,
            reuse: true,
            cancellationToken
        );
    }

    /// <param name="reuse">Whether a request may be sent again when all were used; to the service each goes once.</param>
    private async Task<LoadResult> MeasureAsync(
        LoadTarget target,
        IReadOnlyList<ReadOnlyMemory<byte>> requests,
        bool reuse,
        CancellationToken cancellationToken
    )
    {
        var used = -1;
        await using var load = await ClosedLoop.OpenAsync(target, Connections, time, cancellationToken);
        await load.RunAsync(Next, WarmUp, cancellationToken);
        return await load.RunAsync(Next, Duration, cancellationToken);

        // Typed: a bare null would become an empty request.
        ReadOnlyMemory<byte>? Next() =>
            Interlocked.Increment(ref used) is var i && (reuse || i < requests.Count)
                ? requests[i % requests.Count]
                : default(ReadOnlyMemory<byte>?);
    }
}
