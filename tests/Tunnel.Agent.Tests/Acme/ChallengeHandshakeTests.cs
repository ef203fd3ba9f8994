using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Acme;

/// <summary>S25 at the agent: what a client gets by name and protocol.</summary>
public sealed class ChallengeHandshakeTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static readonly byte[] Digest = SHA256.HashData("token.thumbprint"u8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Handshake_AnnouncedName_ShowsTheChallengeAndEnds(SslProtocols protocols)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        tunnel.Challenges.Apply([Announced()]);

        await using var tls = await ConnectAsync(tunnel, protocols, ChallengeCertificate.Protocol);

        tls.NegotiatedApplicationProtocol.ShouldBe(ChallengeCertificate.Protocol);
        using var shown = new X509Certificate2(tls.RemoteCertificate!);
        shown.GetNameInfo(X509NameType.DnsName, false).ShouldBe(Support.Tunnel.Host);
        var identifier = shown.Extensions.Single(e => e.Oid!.Value == "1.3.6.1.5.5.7.1.31");
        identifier.Critical.ShouldBeTrue();
        identifier.RawData.ShouldBe([4, 32, .. Digest]); // OCTET STRING, 32 bytes
        (await tls.ReadAsync(new byte[1], Token)).ShouldBe(0);
    }

    [Fact]
    public async Task Handshake_AnnouncedName_ServesOthersAsBefore()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        tunnel.Challenges.Apply([Announced()]);
        using var client = tunnel.Client();

        (await client.GetStringAsync("/", Token)).ShouldBe("ok");
        await using var both = await tunnel.ConnectAsync(
            alpn: [ChallengeCertificate.Protocol, SslApplicationProtocol.Http11]
        );
        both.NegotiatedApplicationProtocol.ShouldBe(SslApplicationProtocol.Http11);
    }

    [Fact]
    public async Task Handshake_NothingAnnounced_RefusesTheProtocol()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);

        await TlsRefusal.ExpectAsync(() => ConnectAsync(tunnel, SslProtocols.None, ChallengeCertificate.Protocol));
    }

    [Fact]
    public async Task Handshake_ChallengeOfAnotherNameOrEnded_RefusesTheProtocol()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        tunnel.Challenges.Apply([
            Announced() with
            {
                Name = "other." + Support.Tunnel.Domain,
            },
            Announced() with
            {
                ExpiresAt = TimeProvider.System.GetUtcNow(),
            },
            Announced() with
            {
                KeyAuthorizationSha256 = "c2hvcnQ",
            },
        ]);

        await TlsRefusal.ExpectAsync(() => ConnectAsync(tunnel, SslProtocols.None, ChallengeCertificate.Protocol));

        // Withdrawn: the feed no longer has it.
        tunnel.Challenges.Apply([Announced()]);
        tunnel.Challenges.Apply(null);
        await TlsRefusal.ExpectAsync(() => ConnectAsync(tunnel, SslProtocols.None, ChallengeCertificate.Protocol));
    }

    [Fact]
    public async Task Handshake_PublicLeaf_IsShownForItsNameWhileItIsValid()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        var publicPki = new TunnelPki("Public CA");
        var now = TimeProvider.System.GetUtcNow();

        tunnel.PublicLeaves.Swap(Support.Tunnel.Host, publicPki.Server(Support.Tunnel.Host));
        (await IssuerAsync(tunnel, Support.Tunnel.Host)).ShouldBe("CN=Public CA");
        (await IssuerAsync(tunnel, "b." + Support.Tunnel.Domain)).ShouldBe("CN=Test CA");

        tunnel.PublicLeaves.Swap(
            Support.Tunnel.Host,
            publicPki.Server(now.AddDays(-2), now.AddDays(-1), Support.Tunnel.Host)
        );
        (await IssuerAsync(tunnel, Support.Tunnel.Host)).ShouldBe("CN=Test CA");
    }

    [Fact]
    public void Hello_AnyBytes_AreNoChallengeAndNoFault()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            if (bytes.Length > 9)
            {
                (bytes[0], bytes[5], bytes[6], bytes[7], bytes[8]) = (22, 1, 0, 0, (byte)(bytes.Length - 9));
            }

            ChallengeHello.IsChallenge(bytes).ShouldBeFalse();
        }
    }

    private static async Task<string> IssuerAsync(Support.Tunnel tunnel, string host)
    {
        await using var tls = await ConnectAsync(tunnel, SslProtocols.None, SslApplicationProtocol.Http11, host);
        return tls.RemoteCertificate!.Issuer;
    }

    private static async Task<SslStream> ConnectAsync(
        Support.Tunnel tunnel,
        SslProtocols protocols,
        SslApplicationProtocol protocol,
        string host = Support.Tunnel.Host
    )
    {
        var tls = new SslStream(tunnel.OpenRaw(host), false, (_, shown, _, _) => shown is not null);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    EnabledSslProtocols = protocols,
                    ApplicationProtocols = [protocol],
                },
                Token
            );
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private static FeedAcmeChallenge Announced() =>
        new(
            Id: "acmc_1",
            TunnelId: "tnl_010000000000000000000001",
            Name: Support.Tunnel.Host,
            KeyAuthorizationSha256: System.Buffers.Text.Base64Url.EncodeToString(Digest),
            ExpiresAt: TimeProvider.System.GetUtcNow().AddMinutes(5)
        );
}
