using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Ports;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Quickstart;

public sealed class PlainRunTests : IDisposable
{
    /// <summary>Shorter than any step, and longer than its beginning.</summary>
    private static readonly TimeSpan WithinAStep = TimeSpan.FromMilliseconds(100);

    private readonly TestFolder folder = new();
    private readonly PortPlan ports = PortProbe.FreeBlock();

    public PlainRunTests() => Standstill.Watch();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Arguments => ["--port-base", $"{ports.Api}"];

    [Fact]
    public async Task Quickstart_Alone_CallsThroughTheTunnelAndLeavesNothing()
    {
        var started = Stopwatch.GetTimestamp();
        // No server listens there: a program that used the proxy would fail.
        var proxies = new Dictionary<string, string>
        {
            ["HTTP_PROXY"] = "http://127.0.0.1:9",
            ["HTTPS_PROXY"] = "http://127.0.0.1:9",
            ["https_proxy"] = "http://127.0.0.1:9",
            ["CULVERT_AGENT__TUNNEL__ID"] = "tnl_of_somebody_else",
        };
        var (code, output) = await QuickstartScript.RunAsync(folder.Path, Arguments, Cancel, proxies);
        SystemTest.Figure($"quickstart, warm: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");

        code.ShouldBe(0, output);
        var closing = output.TrimEnd().Split("\n\n")[^1].Split('\n');
        closing.Length.ShouldBeLessThanOrEqualTo(10);
        string.Join('\n', closing).ShouldContain("Echo: ");
        string.Join('\n', closing).ShouldContain(" vouched for culvert-agent; ");
        output.Any(c => char.IsControl(c) && c != '\n').ShouldBeFalse("there is no terminal");
        Directory.Exists(Path.Combine(folder.Path, "once")).ShouldBeFalse();
        Leftovers.Of(folder.Path, ports).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Quickstart_OnPostgres_CallsThroughTheTunnelAndLeavesNothing()
    {
        string[] arguments = [.. Arguments, "--storage", "postgres"];

        var (code, output) = await QuickstartScript.RunAsync(folder.Path, arguments, Cancel);

        code.ShouldBe(0, output);
        output.ShouldContain("Echo: ");
        Directory.Exists(Path.Combine(folder.Path, "once")).ShouldBeFalse();
        Leftovers.Of(folder.Path, ports).ShouldBeEmpty();
    }

    [Theory]
    [Trait("Level", "full")]
    [InlineData("idp", Signals.Interrupt)]
    [InlineData("inspector", Signals.Terminate)]
    public async Task Script_InterruptedAtAStep_StopsEverythingWithinFiveSeconds(string step, int signal)
    {
        await using var script = QuickstartScript.Start(folder.Path, Arguments);
        await script.WaitForOutputAsync(step, Cancel);

        var sent = TimeProvider.System.GetUtcNow();
        script.Signal(signal);
        var code = await script.WaitForExitAsync(Cancel);

        code.ShouldBe(130, script.Output);
        ShouldHaveStoppedEverything(sent);
    }

    [Theory]
    [Trait("Level", "full")]
    [InlineData("identity-service")]
    [InlineData("culvert:")]
    [InlineData("tunnel-edge")]
    [InlineData("tunnel-agent")]
    public async Task Quickstart_InterruptedAtAStep_StopsEverythingWithinFiveSeconds(string step)
    {
        var isReached = false;
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var sent = DateTimeOffset.MaxValue;
        await using var registration = interrupt.Token.Register(() => sent = TimeProvider.System.GetUtcNow());

        var (code, output) = await QuickstartProgram.RunAsync(
            folder.Path,
            Arguments,
            interrupt.Token,
            text =>
            {
                if (!isReached && (isReached = text.Contains(step, StringComparison.Ordinal)))
                {
                    interrupt.CancelAfter(WithinAStep);
                }
            }
        );

        code.ShouldBe(130, output);
        output.ShouldContain(step);
        ShouldHaveStoppedEverything(sent);
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Quickstart_DefaultPortTaken_ChoosesAFreeBlockAndSaysSo()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            holder.Bind(new IPEndPoint(IPAddress.Loopback, PortPlan.Default.Sni));
            holder.Listen(1);
        }
        catch (SocketException)
        {
            // Another program already uses the port, which serves the test as well.
        }

        await using var script = QuickstartScript.Start(folder.Path, []);
        await script.WaitForOutputAsync("is taken; this run uses ports", Cancel);
        script.Signal(Signals.Interrupt);

        (await script.WaitForExitAsync(Cancel)).ShouldBe(130, script.Output);
    }

    private void ShouldHaveStoppedEverything(DateTimeOffset sent)
    {
        (TimeProvider.System.GetUtcNow() - sent - Standstill.Since(sent)).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        Leftovers.Of(folder.Path, ports).ShouldBeEmpty();
    }

    public void Dispose() => folder.Dispose();
}
