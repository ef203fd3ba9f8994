using System.Globalization;
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

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

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
                ports.Api,
                service.Process.Stamp.Pid,
                requests,
                reuse: false,
                cancellationToken
            );
            await service.Process.StopAsync(TimeSpan.FromSeconds(5), cancellationToken);
            var floor = await MeasureFloorAsync(run, ports.Machine, requests, cancellationToken);
            return
            [
                Figure.Of("exchange.sqlite.c64", measured.Load, floor.Load),
                Figure.OfProcessor("exchange.cpu_per_1k", measured.ProcessorPerThousand, floor.ProcessorPerThousand),
            ];
        }
        finally
        {
            await run.StopRecordedAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        }
    }

    private async Task<RequestFile> PrepareAsync(
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
        var made = mill.Requests(
            plan.WarmUpRequests + plan.Requests,
            Issuer,
            new Uri(service.PublicUrl),
            ruleId,
            organization.GetProperty("id").GetString()!,
            time.GetUtcNow()
        );
        return await RequestFile.WriteAsync(run.File("requests"), made, cancellationToken);
    }

    private async Task<(LoadResult Load, TimeSpan ProcessorPerThousand)> MeasureFloorAsync(
        RunDirectory run,
        int port,
        RequestFile requests,
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
        return await MeasureAsync(port, floor.Pid, requests.Again(), reuse: true, cancellationToken);
    }

    /// <summary>
    /// After a warm-up that is not counted; what is sent once is never sent again. With the processor time that the
    /// server took for a thousand requests.
    /// </summary>
    private async Task<(LoadResult Load, TimeSpan ProcessorPerThousand)> MeasureAsync(
        int port,
        int pid,
        RequestFile requests,
        bool reuse,
        CancellationToken cancellationToken
    )
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}/");
        var warm = requests.Take(plan.WarmUpRequests);
        await Wrk.RunAsync(url, requests, warm, reuse, Connections, plan.WarmUp, cancellationToken);
        var part = reuse ? warm : requests.Take(plan.Requests);
        var before = ProcessorTime.Of(pid);
        var load = await Wrk.RunAsync(url, requests, part, reuse, Connections, plan.Duration, cancellationToken);
        var count = load.PerSecond * plan.Duration.TotalSeconds;
        return (load, (ProcessorTime.Of(pid) - before) / count * 1000);
    }
}
