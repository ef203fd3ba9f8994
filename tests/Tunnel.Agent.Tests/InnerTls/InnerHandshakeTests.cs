using System.Net.Security;
using System.Security.Authentication;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Agent.Tests.InnerTls;

public sealed class InnerHandshakeTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task Handshake_NameDiffersFromOpen_IsRefused()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);

        // S22: the edge authorized one name; the encrypted hello asks for another.
        await TlsRefusal.ExpectAsync(() =>
            tunnel.ConnectAsync(Support.Tunnel.Host, openedFor: "other." + Support.Tunnel.Domain)
        );
    }

    [Theory]
    [InlineData("docs.elsewhere.test")]
    [InlineData("a.docs.t1.example.test")]
    [InlineData("t1.example.test.evil.test")]
    public async Task Handshake_NameOfNoTunnel_IsRefused(string name)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);

        await TlsRefusal.ExpectAsync(() => tunnel.ConnectAsync(name));
    }

    [Theory] // RFC 8446 §5.1: a message may be split over records anywhere
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(100)]
    public async Task Handshake_HelloSplitOverRecords_Succeeds(int firstPart)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);

        await using var tls = await tunnel.ConnectAsync(change: raw => new SplitHelloStream(raw, firstPart));

        tls.SslProtocol.ShouldBe(SslProtocols.Tls13);
    }

    [Fact]
    public async Task Handshake_SplitHelloOfAnotherName_IsRefused()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);

        await TlsRefusal.ExpectAsync(() =>
            tunnel.ConnectAsync(
                Support.Tunnel.Host,
                openedFor: "other." + Support.Tunnel.Domain,
                change: raw => new SplitHelloStream(raw, 40)
            )
        );
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13, SslProtocols.Tls13)]
    public async Task Handshake_SupportedVersion_Succeeds(SslProtocols offered, SslProtocols negotiated)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);

        await using var tls = await tunnel.ConnectAsync(protocols: offered);

        tls.SslProtocol.ShouldBe(negotiated);
    }

    [Fact]
    public async Task Handshake_Alpn_PrefersHttp2AndFallsBack()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);

        await using var both = await tunnel.ConnectAsync(
            alpn: [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2]
        );
        await using var one = await tunnel.ConnectAsync(alpn: SslApplicationProtocol.Http11);
        await using var none = await tunnel.ConnectAsync();

        both.NegotiatedApplicationProtocol.ShouldBe(SslApplicationProtocol.Http2);
        one.NegotiatedApplicationProtocol.ShouldBe(SslApplicationProtocol.Http11);
        none.NegotiatedApplicationProtocol.ShouldBe(default);
    }

    // The edge then takes the client to another agent (W12), who may hold a good leaf.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_WithoutALeafOrOneThatHasEnded_IsRefusedBeforeTheHandshake(bool ended)
    {
        using var log = new LogLines();
        await using var tunnel = new Support.Tunnel(log, withLeaf: false);
        tunnel.Add("docs", 1);
        await tunnel.StartAsync();
        if (ended)
        {
            var now = TimeProvider.System.GetUtcNow();
            tunnel.Leaves.Swap(tunnel.Pki.Server(now.AddHours(-2), now.AddSeconds(-2), "*." + Support.Tunnel.Domain));
        }

        var refused = await Should.ThrowAsync<MuxStreamException>(() => OpenAsync(tunnel));

        (refused.Code, refused.MayReopen).ShouldBe((StreamErrorCode.Refused, true));
        log.Warnings.ShouldHaveSingleItem().ShouldContain("no valid certificate");
    }

    [Fact]
    public async Task Open_LeafHasEndedAndTheNamesPublicOneHasNot_IsServed()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = new Support.Tunnel(withLeaf: false);
        tunnel.Add("docs", upstream.Port);
        await tunnel.StartAsync();
        tunnel.PublicLeaves.Swap(Support.Tunnel.Host, tunnel.Pki.Server(Support.Tunnel.Host));

        await using var tls = await tunnel.ConnectAsync();
    }

    [Fact]
    public async Task Swap_UnderTraffic_FailsNoCallAndNoHandshake()
    {
        const int Swaps = 5;
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var kept = tunnel.Client();
        using var kept2 = tunnel.Client(version: System.Net.HttpVersion.Version20);
        var seen = new HashSet<string>();

        for (var swap = 0; swap < Swaps; swap++)
        {
            var serial = tunnel.Leaves.Current!.Pair.Serial;
            for (var call = 0; call < 10; call++)
            {
                (await kept.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldBe("ok");
                (await kept2.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldBe("ok");
                await using var fresh = await tunnel.ConnectAsync();
                seen.Add(Platform.Certificates.CertificateNames.Serial(new(fresh.RemoteCertificate!)));
                if (call == 5)
                {
                    tunnel.Leaves.Swap(tunnel.Pki.Server(Support.Tunnel.Domain, "*." + Support.Tunnel.Domain));
                }
            }

            seen.ShouldContain(serial);
        }

        seen.Count.ShouldBe(Swaps + 1);
    }

    private static async Task OpenAsync(Support.Tunnel tunnel)
    {
        await using var stream = tunnel.Edge.Open(
            new OpenPayload
            {
                ServerName = Support.Tunnel.Host,
                Client = Support.Tunnel.ClientEndPoint,
                ConnectionId = "c1",
            }
        );
        await stream.Input.ReadAsync(TestContext.Current.CancellationToken);
    }
}
