using System.Net.Security;
using System.Net.Sockets;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.Ingress;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Configuration;

/// <summary>The real edge reloads a changed file, completely or not at all, while calls continue.</summary>
[Collection(IngressSystemCollection.Name)]
public sealed class ReloadTests(IngressSystem system) : SystemTest(system)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private string EdgeFile => Installation.Run.File(TunnelEdge.Name, "edge.yaml");

    [Fact]
    public async Task Edge_ChangedFile_CountsForNewClientsOrIsRefusedByName()
    {
        await System.UntilReadyAsync(Cancel);
        var before = await File.ReadAllTextAsync(EdgeFile, Cancel);
        using var there = await System.ConnectAsync(Cancel);
        try
        {
            // New clients are refused; existing connections continue.
            await UseAsync(before + "clients: {max_connections: 1}\n");
            await UntilAsync(async () => !await IsLetInAsync(), "nobody new is let in", Limit);
            (await there.EchoAsync("still here", Cancel)).ShouldContain("still here");

            // What it listens on takes a restart: nothing of such a file counts.
            await UseAsync(
                before.Replace("sni: {listen: ", "sni: {listen: [\"127.0.0.1:1\"], x: ", StringComparison.Ordinal)
            );
            await UntilAsync(async () => await IsAdvisedAsync("sni.x"), "the fault is named", Limit);
            await UseAsync(Elsewhere(before));
            await UntilAsync(
                async () => await IsAdvisedAsync("Only a restart can change sni.listen"),
                "the key is named",
                Limit
            );
            (await IsLetInAsync()).ShouldBeFalse();
        }
        finally
        {
            await UseAsync(before);
        }

        await UntilAsync(IsLetInAsync, "everybody is let in", Limit);
        await UntilAsync(async () => !await IsAdvisedAsync("Only a restart"), "nothing is left to advise", Limit);
        (await there.EchoAsync("to the end", Cancel)).ShouldContain("to the end");
    }

    private async Task UseAsync(string yaml)
    {
        await File.WriteAllTextAsync(EdgeFile, yaml, CancellationToken.None);
        var hup = await Tool.RunAsync(
            "kill",
            ["-HUP", $"{Installation.Edge.Process.Stamp.Pid}"],
            Installation.Run.Path,
            CancellationToken.None
        );
        hup.Succeeded.ShouldBeTrue(hup.Error);
    }

    private string Elsewhere(string yaml) =>
        yaml.Replace($":{System.Ingress.Port}\"", ":1\"", StringComparison.Ordinal);

    private async Task<bool> IsAdvisedAsync(string text)
    {
        using var client = new HttpClient();
        var readiness = await client.GetStringAsync(
            new Uri($"http://127.0.0.1:{Installation.Ports.EdgeHealth}/readyz"),
            Cancel
        );
        return readiness.Contains(text, StringComparison.Ordinal);
    }

    // A handshake that reaches the agent.
    private async Task<bool> IsLetInAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(System.Ingress, Cancel);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = Installation.Endpoint.Host,
                    CertificateChainPolicy = McpCaller.TrustOnly(Installation.Record.Tunnel.TrustBundle),
                },
                Cancel
            );
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }
}
