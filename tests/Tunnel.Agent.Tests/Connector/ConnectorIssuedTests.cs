using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Connector;

/// <summary>Tunnels whose certificate the Culvert service issues.</summary>
public sealed class ConnectorIssuedTests
{
    private static readonly string[] Names = [ConnectorScene.Domain, "*." + ConnectorScene.Domain];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotation_OpenConnections_AnswerOnAndNewOnesGetTheNewCertificate()
    {
        var (first, second) = (new TunnelPki().Server(Names), new TunnelPki().Server(Names));
        await using var scene = await ConnectorScene.StartAsync(
            change: s => s with { CertificateFile = "", KeyFile = "" },
            prepare: s => s.Issued.Swap(ConnectorScene.Domain, first)
        );
        await using var before = await OpenAsync(scene);
        (await CallAsync(before)).ShouldContain(LongPollScene.Result);

        scene.Issued.Swap(ConnectorScene.Domain, second);

        await using var after = await OpenAsync(scene);
        SerialOf(before).ShouldBe(first.Certificate.SerialNumber);
        SerialOf(after).ShouldBe(second.Certificate.SerialNumber);
        (await CallAsync(before)).ShouldContain(LongPollScene.Result);
        (await CallAsync(after)).ShouldContain(LongPollScene.Result);
        scene.Agent.Status[0].CertificateExpires.ShouldBe(second.NotAfter);
        scene.Agent.Status[0].Open.ShouldBe(2);
    }

    [Fact]
    public async Task Handshake_BeforeTheFirstCertificate_FailsAndTheStatusSaysWhy()
    {
        await using var scene = await ConnectorScene.StartAsync();
        var agent = scene.StartAgent(s =>
            s with
            {
                CertificateFile = "",
                KeyFile = "",
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
            }
        );
        scene.IssueFailure = "server_certificate.domain: an operator has to approve it.";
        await Eventually.UntilAsync(
            () => agent.Status[0].Problem?.Contains("certificate", StringComparison.Ordinal) == true,
            Token
        );

        agent
            .Status[0]
            .Problem.ShouldBe(
                $"There is no certificate for {ConnectorScene.Domain} yet. server_certificate.domain: an operator has to approve it."
            );

        scene.Issued.Swap(ConnectorScene.Domain, scene.Tunnel.Pki.Server(Names));
        agent.Status[0].Problem.ShouldBeNull(); // what failed last does not count while there is a good one
    }

    [Fact]
    public async Task Domains_NoLongerNamed_AreForgotten()
    {
        await using var scene = await ConnectorScene.StartAsync();
        scene.Issued.Swap(ConnectorScene.Domain, scene.Tunnel.Pki.Server(Names));
        var slot = scene.Issued.Get(ConnectorScene.Domain);

        scene.Issued.Use(SslProtocols.Tls13);
        scene.Issued.Retain([ConnectorScene.Domain]);
        scene.Issued.Get(ConnectorScene.Domain).ShouldBeSameAs(slot);
        slot.Current!.TlsOptions.EnabledSslProtocols.ShouldBe(SslProtocols.Tls13);

        scene.Issued.Retain([]);
        scene.Issued.Get(ConnectorScene.Domain).Current.ShouldBeNull();
    }

    // Whichever certificate it is: which one a client got is what the tests compare.
    private static async Task<SslStream> OpenAsync(ConnectorScene scene)
    {
        var tls = new SslStream(await scene.OpenAsync(MessageShape.Whole));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = ConnectorScene.Host,
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
            },
            Token
        );
        return tls;
    }

    private static string SerialOf(SslStream tls) =>
        ((System.Security.Cryptography.X509Certificates.X509Certificate2)tls.RemoteCertificate!).SerialNumber;

    private static async Task<string> CallAsync(SslStream tls)
    {
        var body = LongPollScene.Call;
        await tls.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /mcp HTTP/1.1\r\nHost: {ConnectorScene.Host}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
            ),
            Token
        );
        await tls.FlushAsync(Token);
        var (read, buffer) = (new StringBuilder(), new byte[4096]);
        while (!read.ToString().Contains(LongPollScene.Result, StringComparison.Ordinal))
        {
            var count = await tls.ReadAsync(buffer, Token);
            count.ShouldNotBe(0, read.ToString());
            read.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return read.ToString();
    }
}
