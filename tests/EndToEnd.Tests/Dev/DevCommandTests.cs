using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.Quickstart;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Processes;
using Culvert.Stage.RunState;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Dev;

/// <summary>The real <c>culvert dev</c>, as the build leaves it, before the real server.</summary>
public sealed partial class DevCommandTests : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly TestFolder folder = new();
    private readonly Checkout checkout = Checkout.Find();
    private readonly RunDirectory run;
    private readonly McpServer server;
    private readonly int port;

    public DevCommandTests()
    {
        run = new RunDirectory(folder.Path, TimeProvider.System);
        run.Create();
        var plan = PortProbe.FreeBlock();
        (server, port) = (new McpServer(checkout, run, plan.McpServer, TimeProvider.System), plan.Sni);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dev_OneServer_IsCalledAsPrintedAndLeavesNothing()
    {
        server.Start();
        await server.WaitAsync(Cancel);
        using var dev = Start("--mcp", server.Endpoint.AbsoluteUri, "--port", $"{port}");
        try
        {
            var guide = await GuideAsync(dev);
            guide["url"].ShouldEndWith($":{port}/mcp");
            File.GetUnixFileMode(guide["token_file"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            (await EchoAsync(guide)).ShouldContain("hello");
            await ExpectHealthyAsync(guide["folder"]);

            (await PasteAsync(guide, "curl")).ShouldContain("serverInfo");
            (await PasteAsync(guide, "inspector")).ShouldContain("\"echo\"");
            (await PasteAsync(guide, "sdk")).ShouldContain("'echo'");
        }
        finally
        {
            await dev.StopAsync(Bound, CancellationToken.None);
        }

        dev.ExitCode.ShouldBe(0, await File.ReadAllTextAsync(dev.LogFile, Cancel));
        Directory.EnumerateDirectories(folder.Path, "culvert-dev-*").ShouldBeEmpty();
        Leftovers.CommandLinesNaming(Path.Combine(folder.Path, "culvert-dev-")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Dev_ServerThatDoesNotRun_SaysSoAndServesItLater()
    {
        using var dev = Start("--mcp", server.Endpoint.AbsoluteUri, "--port", $"{port}", "--keep");
        try
        {
            var guide = await GuideAsync(dev);
            guide["upstream_problem"].ShouldContain("mcp");

            server.Start();
            await server.WaitAsync(Cancel);
            (await EchoAsync(guide)).ShouldContain("hello");
        }
        finally
        {
            await dev.StopAsync(Bound, CancellationToken.None);
        }

        Directory.EnumerateDirectories(folder.Path, "culvert-dev-*").Count().ShouldBe(1);
        Leftovers.CommandLinesNaming(Path.Combine(folder.Path, "culvert-dev-")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Dev_Command_IsStartedAndCalled()
    {
        var script = checkout.PeerScript("@modelcontextprotocol/server-everything", "dist/index.js");
        using var dev = Start("--mcp", $"node '{script}' stdio", "--port", $"{port}");
        try
        {
            (await EchoAsync(await GuideAsync(dev))).ShouldContain("hello");
        }
        finally
        {
            await dev.StopAsync(Bound, CancellationToken.None);
        }

        Leftovers.CommandLinesNaming(Path.Combine(folder.Path, "culvert-dev-")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Dev_Killed_TakesItsProgramsWithIt()
    {
        using var dev = Start("--mcp", server.Endpoint.AbsoluteUri, "--port", $"{port}");
        var guide = await GuideAsync(dev);
        Leftovers.CommandLinesNaming(guide["folder"]).Count().ShouldBe(3);

        Signals.Send(dev.Stamp, Signals.Kill).ShouldBeTrue();
        (await dev.WaitForEndAsync(Bound, Cancel)).ShouldBeTrue();

        var deadline = TimeProvider.System.GetUtcNow() + Bound;
        while (Leftovers.CommandLinesNaming(guide["folder"]).Any() && TimeProvider.System.GetUtcNow() < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }

        Leftovers.CommandLinesNaming(guide["folder"]).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        if (server.Process.Stamp.Pid != 0)
        {
            await server.Process.StopAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        }

        folder.Dispose();
    }

    private ProgramProcess Start(params string[] arguments)
    {
        var program = Path.Combine(checkout.BuildOutput("Identity.Cli"), Programs.Culvert);
        var command = new ProgramCommand(
            "culvert-dev",
            program,
            ["dev", .. arguments, "-o", "json"],
            new Dictionary<string, string> { ["TMPDIR"] = folder.Path },
            folder.Path
        );
        var process = new ProgramProcess(command, run.LogFile("culvert-dev"), TimeProvider.System);
        process.Start();
        return process;
    }

    private static async Task<IReadOnlyDictionary<string, string>> GuideAsync(ProgramProcess dev)
    {
        var text = "";
        var problem = await ProcessReadiness.WaitAsync(
            dev,
            async token =>
            {
                text = File.Exists(dev.LogFile) ? await File.ReadAllTextAsync(dev.LogFile, token) : "";
                return text.Split('\n').Any(IsGuide) ? "" : $"no guide yet: {text}";
            },
            Bound,
            TimeProvider.System,
            Cancel
        );
        problem.ShouldBeEmpty();
        var seconds = double.Parse(ReadyIn().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"figure: dev.ready {seconds:0.0} s"));
        return JsonSerializer.Deserialize<Dictionary<string, string>>(text.Split('\n').First(IsGuide))!;

        static bool IsGuide(string line) => line.StartsWith("{\"url\"", StringComparison.Ordinal);
    }

    private async Task<string> EchoAsync(IReadOnlyDictionary<string, string> guide)
    {
        using var caller = new McpCaller(
            new Uri(guide["url"]),
            guide["ca_file"],
            new IPEndPoint(IPAddress.Loopback, port),
            async token => (await File.ReadAllTextAsync(guide["token_file"], token)).Trim()
        );
        await caller.InitializeAsync(Cancel);
        return await caller.EchoAsync("hello", Cancel);
    }

    /// <summary>Every hop that the agent's doctor knows works here, a call through the edge included.</summary>
    private async Task ExpectHealthyAsync(string state)
    {
        var doctor = await Tool.RunAsync(
            Path.Combine(checkout.BuildOutput("Tunnel.Agent"), Programs.TunnelAgent),
            ["doctor", "--config", Path.Combine(state, Programs.TunnelAgent, $"{Programs.TunnelAgent}.yaml")],
            folder.Path,
            Cancel
        );
        doctor.ExitCode.ShouldBe(0, doctor.Output + doctor.Error);
        doctor.Output.ShouldContain("Every route responds to a client's call through an edge.");
    }

    private async Task<string> PasteAsync(IReadOnlyDictionary<string, string> guide, string line)
    {
        var host = new Uri(guide["url"]).Host;
        var environment = await NameResolution.ForClientAsync(checkout, host, Cancel);
        var result = await Tool.RunAsync("sh", ["-c", guide[line]], checkout.Peers, Cancel, environment);
        result.Succeeded.ShouldBeTrue($"{guide[line]}: {result.Error}");
        return result.Output;
    }

    [GeneratedRegex("ready in ([0-9.]+) s")]
    private static partial Regex ReadyIn();
}
