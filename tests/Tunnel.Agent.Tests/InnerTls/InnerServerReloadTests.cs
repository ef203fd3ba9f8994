using System.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.InnerTls;

/// <summary>Other bounds while connections are open.</summary>
public sealed class InnerServerReloadTests
{
    private const int HeaderBytes = 64 * 1024;
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Use_FewerConnections_RefusesNewOnesAndKeepsTheOld()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        using var log = new LogLines();
        await using var tunnel = new Support.Tunnel(log);
        tunnel.Add("docs", upstream.Port);
        await tunnel.StartAsync();
        using var first = tunnel.Client();
        await first.GetStringAsync("/", Token);

        tunnel.Server.Use(new InnerServerOptions(1, HeaderBytes));

        using var second = tunnel.Client();
        await Should.ThrowAsync<HttpRequestException>(() => second.GetStringAsync("/", Token));
        log.Warnings.ShouldAllBe(line => line.Contains("tunnel.max_connections"));
        log.Warnings.ShouldNotBeEmpty();
        (await first.GetStringAsync("/", Token)).ShouldBe("ok");

        tunnel.Server.Use(new InnerServerOptions(2, HeaderBytes));
        using var third = tunnel.Client();
        (await third.GetStringAsync("/", Token)).ShouldBe("ok");
    }

    [Fact]
    public async Task TryOffer_ConnectionHasEnded_ItsPlaceIsFree()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        tunnel.Server.Use(new InnerServerOptions(1, HeaderBytes));
        using (var first = tunnel.Client())
        {
            await first.GetStringAsync("/", Token);
        }

        await Eventually.UntilAsync(() => tunnel.Session.OpenStreams == 0, Token);
        using var second = tunnel.Client();

        (await second.GetStringAsync("/", Token)).ShouldBe("ok");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Use_ShorterHeaders_CountForNewConnections(int version)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        (await SendAsync(tunnel, version)).ShouldBe(HttpStatusCode.OK);

        tunnel.Server.Use(new InnerServerOptions(100, 8 * 1024));
        (await SendAsync(tunnel, version)).ShouldBe(version == 1 ? HttpStatusCode.RequestHeaderFieldsTooLarge : null);

        tunnel.Server.Use(new InnerServerOptions(100, HeaderBytes));
        (await SendAsync(tunnel, version)).ShouldBe(HttpStatusCode.OK);
    }

    // Null: HTTP/2 closes the connection of a client that sends a field that is too long.
    private static async Task<HttpStatusCode?> SendAsync(Support.Tunnel tunnel, int version)
    {
        using var client = tunnel.Client(version: new Version(version, version == 1 ? 1 : 0));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/")
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("X-Long", new string('x', 12 * 1024));
        try
        {
            using var answer = await client.SendAsync(request, Token);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
