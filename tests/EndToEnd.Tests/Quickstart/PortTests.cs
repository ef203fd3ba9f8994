using System.Net;
using System.Net.Sockets;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Ports;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Quickstart;

public sealed class PortTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task Up_PortTaken_NamesPortHolderAndKey()
    {
        var plan = PortProbe.FreeBlock();
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, plan.Sni));
        holder.Listen(1);

        var (code, output) = await QuickstartProgram.RunAsync(
            folder.Path,
            ["up", "--port-base", $"{plan.Api}"],
            TestContext.Current.CancellationToken
        );

        code.ShouldBe(1);
        output.ShouldContain($"port {plan.Sni} ");
        output.ShouldContain("sni.listen");
        output.ShouldContain($"(pid {Environment.ProcessId})");
        output.ShouldContain("--port-base");
    }

    public void Dispose() => folder.Dispose();
}
