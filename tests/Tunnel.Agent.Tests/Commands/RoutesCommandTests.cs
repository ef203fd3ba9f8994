using System.Net;
using System.Net.Sockets;
using Culvert.Tunnel.Agent.Commands;
using Shouldly;
using Xunit;

namespace Culvert.Tunnel.Agent.Tests.Commands;

public sealed class RoutesCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-routes-").FullName;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public RoutesCommandTests() => listener.Start();

    private int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    [Fact]
    public async Task List_Routes_ShowsUpstreamAndCallers()
    {
        var run = await RunAsync("list");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain("docs");
        run.Output.ShouldContain($"127.0.0.1:{Port}");
        run.Output.ShouldContain("dangerous_none");
    }

    [Fact]
    public async Task Test_UpstreamThatListens_Answers() => (await RunAsync("test", "docs")).ExitCode.ShouldBe(0);

    [Fact]
    public async Task Test_UpstreamAway_FailsTheCheck()
    {
        listener.Stop();

        var run = await RunAsync("test", "docs");

        run.ExitCode.ShouldBe(2);
        run.Output.ShouldContain("does not respond");
    }

    [Fact]
    public async Task Test_UnknownRoute_NamesTheNearest() =>
        (await RunAsync("test", "dos")).Error.ShouldContain("did you mean docs?");

    [Fact]
    public async Task List_Set_BeatsTheFile() =>
        (await RunAsync("list", "--set", "tunnel.connections=9")).Error.ShouldContain("from 1 to 8");

    public void Dispose()
    {
        listener.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var file = Path.Combine(folder, "agent.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            config_version: 1
            identity: {url: "https://identity.example.com:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
            tunnel: {id: tnl_010000000000000000000000}
            routes:
              docs:
                upstream:
                  url: "http://127.0.0.1:{{Port}}"
                  allowed_ranges: [127.0.0.0/8]
                  health: {probe: tcp}
                oauth: {mode: dangerous_none}
            """,
            TestContext.Current.CancellationToken
        );
        return await AgentCli.RunAsync(RoutesCommand.Create(), [.. arguments, "--config", file]);
    }
}
