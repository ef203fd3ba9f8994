using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Hosting;

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

    private string Good(string extra = "") =>
        Write(
            $$"""
            config_version: 1
            edge_id: edge_010000000000000000000000
            state_dir: state
            identity:
              url: https://127.0.0.1:1
              organization_id: 11111111-1111-1111-1111-111111111111
              rule_id: fdrl_01
              token: {environment: HOME}
            agents: {listen: ["127.0.0.1:0"]}
            health: {listen: ["127.0.0.1:1"]}
            log: {file: log.txt}
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
