using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Edge.Commands;
using Culvert.Tunnel.Edge.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Edge.Tests.Commands;

/// <summary>Exit statuses of the command line.</summary>
public sealed class EdgeCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-edge").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Version_PrintsNameAndNumber()
    {
        (await RunAsync("version")).ShouldBe(ExitCodes.Done);
        output.ToString().ShouldStartWith("tunnel-edge 0.");
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("run", "--bogus")]
    public async Task Unknown_IsAUsageError(params string[] args)
    {
        (await RunAsync(args)).ShouldBe(ExitCodes.Usage);
        error.ToString().ShouldContain("--help");
    }

    [Theory]
    [InlineData("run")]
    [InlineData("health")]
    [InlineData("drain")]
    [InlineData("config", "check")]
    public async Task BadConfiguration_ReportsEverythingAndExits78(params string[] args)
    {
        var file = Write("config_version: 1\nedge_id: nonsense\nnetwork: {proxy: {url: nonsense}}\n");
        (await RunAsync([.. args, "--config", file])).ShouldBe(ExitCodes.Configuration);
        error.ToString().ShouldContain("edge_id");
        error.ToString().ShouldContain("network.proxy.url");
        error.ToString().ShouldContain("identity.url");
    }

    [Fact]
    public async Task ConfigCheck_GoodFile_ExitsZero() =>
        (await RunAsync("config", "check", "--config", Good())).ShouldBe(ExitCodes.Done);

    [Fact]
    public async Task Health_NobodyListens_IsUnreachable() =>
        (await RunAsync("health", "--config", Good())).ShouldBe(ExitCodes.Unreachable);

    [Fact] // an edge that does not run is not to start drained
    public async Task Drain_NobodyListens_IsUnreachableAndLeavesNoMark()
    {
        (await RunAsync("drain", "--config", Good())).ShouldBe(ExitCodes.Unreachable);
        new DrainMark(Path.Combine(folder, "state")).IsSet.ShouldBeFalse();
    }

    [Fact]
    public async Task Drain_RunningEdge_IsMarkedAndWaitedFor()
    {
        Directory.CreateDirectory(Path.Combine(folder, "state"));
        var mark = new DrainMark(Path.Combine(folder, "state"));
        await using var metrics = await Metrics.StartAsync(() => mark.IsSet ? (1, 0) : (0, 2));

        (await RunAsync("drain", "--config", Good(healthPort: metrics.Port))).ShouldBe(ExitCodes.Done);
        output.ToString().ShouldContain("Drained");
        mark.IsSet.ShouldBeTrue();

        (await RunAsync("drain", "--resume", "--config", Good(healthPort: metrics.Port))).ShouldBe(ExitCodes.Done);
        mark.IsSet.ShouldBeFalse();
    }

    [Fact]
    public async Task Doctor_EdgeThatNeverRan_NamesWhatFailsAndExitsTwo()
    {
        (await RunAsync("doctor", "--json", "--config", Good())).ShouldBe(ExitCodes.CheckFailed);
        var checks = JsonDocument
            .Parse(output.ToString())
            .RootElement.GetProperty("checks")
            .EnumerateArray()
            .ToDictionary(c => c.GetProperty("id").GetString()!, c => c.GetProperty("status").GetString());
        checks.ShouldSatisfyAllConditions(
            () => checks["configuration"].ShouldBe("Pass"),
            () => checks["identity_token"].ShouldBe("Fail"), // HOME is not a token
            () => checks["identity_service"].ShouldBe("Fail"),
            () => checks["platform_certificate"].ShouldBe("Skip"),
            () => checks["service_contact"].ShouldBe("Skip"),
            () => checks["edge_running"].ShouldBe("Fail"),
            () => checks["listeners"].ShouldBe("Pass")
        );
    }

    [Fact]
    public async Task Doctor_AddressTaken_NamesTheListener()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var file = Good($"sni: {{listen: [\"{taken.LocalEndPoint}\"]}}");
        (await RunAsync("doctor", "--check", "listeners", "--config", file)).ShouldBe(ExitCodes.CheckFailed);
        output.ToString().ShouldContain($"sni: {taken.LocalEndPoint}");
        output.ToString().ShouldContain("ss -ltnp");
    }

    [Fact]
    public async Task Run_AddressTaken_NamesTheKey()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var file = Good($"sni: {{listen: [\"127.0.0.1:{port}\"]}}");
        (await RunAsync("run", "--config", file)).ShouldBe(ExitCodes.Failed);
        error.ToString().ShouldContain("sni.listen");
    }

    private Task<int> RunAsync(params string[] args) =>
        EdgeCommand.RunAsync(args, new InvocationConfiguration { Output = output, Error = error });

    /// <summary>The health listener of an edge: whether it drains, and how many agents it has.</summary>
    private sealed class Metrics(WebApplication host) : IAsyncDisposable
    {
        public int Port => new Uri(host.Urls.Single()).Port;

        public static async Task<Metrics> StartAsync(Func<(int Draining, int Agents)> now)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var host = builder.Build();
            host.Run(context =>
                context.Response.WriteAsync(
                    $"culvert_edge_draining {now().Draining}\n"
                        + $"culvert_edge_agent_connections{{tunnel=\"a\"}} {now().Agents}\n"
                )
            );
            await host.StartAsync();
            return new Metrics(host);
        }

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }

    private string Good(string extra = "", int healthPort = 1) =>
        Write(
            $$"""
            config_version: 1
            edge_id: edge_010000000000000000000000
            state_dir: state
            identity:
              url: https://127.0.0.1:1
              organization_id: 11111111-1111-1111-1111-111111111111
              rule_id: fdrl_010000000000000000000000
              token: {environment: HOME}
            agents: {listen: ["127.0.0.1:0"]}
            health: {listen: ["127.0.0.1:{{healthPort}}"]}
            log: {file: log.txt}
            {{(extra.Contains("sni:", StringComparison.Ordinal) ? "" : "sni: {listen: [\"127.0.0.1:0\"]}")}}
            connect: {listen: []}
            {{extra}}
            """
        );

    private string Write(string yaml)
    {
        var file = Path.Combine(folder, "edge.yaml");
        File.WriteAllText(file, yaml);
        return file;
    }
}
