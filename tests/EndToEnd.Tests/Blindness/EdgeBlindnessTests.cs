using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Blindness;

/// <summary>S33: who may read.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed class EdgeBlindnessTests(StandardSystem system) : SystemTest(system)
{
    [Fact]
    public async Task Edge_CarryingACall_CannotReadIt()
    {
        // The whole canary is never written down in one piece in this process's own copies of edge data.
        var canary = $"canary-{RandomNumberGenerator.GetHexString(40, lowercase: true)}";
        byte[][] encodings = [Encoding.UTF8.GetBytes(canary), Encoding.Unicode.GetBytes(canary)];
        await using var clientSide = new TcpTap(System.Ingress);
        using var caller = await System.ConnectAsync(Cancel, clientSide.EndPoint);

        System.UpstreamSide.Hold();
        Task<string> call;
        int inEdgeDuring;
        int inAgentDuring;
        try
        {
            call = caller.EchoAsync(canary, Cancel);
            await UntilUpstreamHasAsync(encodings[0]);
            inEdgeDuring = ProcessMemory.Count(Installation.Edge.Process.Stamp.Pid, encodings);
            inAgentDuring = ProcessMemory.Count(Installation.Agent.Process.Stamp.Pid, encodings);
        }
        finally
        {
            System.UpstreamSide.Release();
        }

        (await call).ShouldBe($"Echo: {canary}");
        var inEdgeAfter = ProcessMemory.Count(Installation.Edge.Process.Stamp.Pid, encodings);

        inAgentDuring.ShouldBePositive("the control run must find the canary where it is readable");
        inEdgeDuring.ShouldBe(0);
        inEdgeAfter.ShouldBe(0);
        clientSide.Length.ShouldBePositive();
        System.AgentSide.Length.ShouldBePositive();
        clientSide.Count(encodings[0]).ShouldBe(0);
        System.AgentSide.Count(encodings[0]).ShouldBe(0);
        (await File.ReadAllTextAsync(Installation.Edge.Process.LogFile, Cancel)).ShouldNotContain(canary);
        (await Installation.Edge.Health.MetricsAsync(Cancel)).ShouldNotContain(canary);
    }

    [Fact]
    public async Task HostileEdge_WithEverythingTheRealOneHolds_IsRefusedByTheTunnelsClients()
    {
        var record = Installation.Record;
        using var stolen = StolenEdgeIdentity();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync(listener, stolen);

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint, Cancel);
        await using var tls = new SslStream(new NetworkStream(socket));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = $"{TunnelAgent.Route}.{record.Tunnel.Domain}",
            CertificateChainPolicy = McpCaller.TrustOnly(record.Tunnel.TrustBundle),
        };

        await Should.ThrowAsync<AuthenticationException>(() => tls.AuthenticateAsClientAsync(options, Cancel));
        socket.Dispose();
        await served;
    }

    [Fact]
    public async Task HostileEdge_WithEverythingTheRealOneHolds_IsRefusedByTheInspector()
    {
        var record = Installation.Record;
        using var stolen = StolenEdgeIdentity();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync(listener, stolen);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var result = await Installation.Inspector.TryRunAsync(
            record.Tunnel.Endpoint(port),
            record.Tunnel.TrustBundle,
            null,
            ["--method", "tools/list"],
            Cancel
        );

        result.Succeeded.ShouldBeFalse();
        await served;
    }

    /// <summary>The key and certificate in the edge's state: every secret that it holds.</summary>
    private X509Certificate2 StolenEdgeIdentity()
    {
        var file = Installation.Run.File(TunnelEdge.Name, "state", "platform.json");
        using var state = JsonDocument.Parse(File.ReadAllText(file));
        var certificate = state.RootElement.GetProperty("enrolment").GetProperty("certificate");
        using var pair = X509Certificate2.CreateFromPem(
            certificate.GetProperty("certificate_pem").GetString(),
            state.RootElement.GetProperty("key_pem").GetString()
        );
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Plays the edge that ends TLS instead of passing it on, for one client.</summary>
    private static async Task ServeAsync(TcpListener listener, X509Certificate2 identity)
    {
        using var socket = await listener.AcceptSocketAsync(Cancel);
        await using var tls = new SslStream(new NetworkStream(socket));
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = identity },
                Cancel
            );
            _ = await tls.ReadAsync(new byte[1], Cancel);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // The client left, as it should.
        }
    }

    private async Task UntilUpstreamHasAsync(byte[] canary)
    {
        while (System.UpstreamSide.Count(canary) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }
}
