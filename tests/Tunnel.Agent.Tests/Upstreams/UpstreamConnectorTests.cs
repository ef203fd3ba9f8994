using System.Net;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>Which addresses a route connects to: what its name resolves to at that moment decides, not the name.</summary>
public sealed class UpstreamConnectorTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.0/8", true)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.0/8", true)]
    [InlineData("127.0.0.1", "10.0.0.0/8", false)]
    [InlineData("::ffff:127.0.0.1", "10.0.0.0/8", false)]
    [InlineData("::ffff:127.0.0.1", "::/0", false)]
    [InlineData("169.254.169.254", "10.0.0.0/8", false)]
    [InlineData("::1", "127.0.0.0/8", false)]
    public async Task Connect_ResolvedAddress_MustBeInARange(string address, string range, bool permitted)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s => s with { Host = "docs.internal", AllowedRanges = Support.Tunnel.Ranges(range) },
            new ScriptedResolver([address])
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(permitted ? HttpStatusCode.OK : HttpStatusCode.BadGateway);
        if (!permitted)
        {
            response.Headers.GetValues("culvert-failed-hop").ShouldBe(["policy"]);
            response.Headers.GetValues("culvert-reason").ShouldBe(["policy.address_refused"]);
        }
    }

    [Fact]
    public async Task Connect_LiteralOutsideTheRanges_IsRefused()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s => s with { AllowedRanges = Support.Tunnel.Ranges("10.0.0.0/8") }
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.Headers.GetValues("culvert-reason").ShouldBe(["policy.address_refused"]);
    }

    [Fact]
    public async Task Connect_AnyAddress_OverridesTheRanges()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s => s with { AllowedRanges = Support.Tunnel.Ranges(), DangerousAllowAnyAddress = true }
        );
        using var client = tunnel.Client();

        (await client.GetStringAsync("/", Token)).ShouldBe("ok");
    }

    [Fact]
    public async Task Connect_ForbiddenAmongPermitted_UsesOnlyThePermitted()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s => s with { Host = "docs.internal" },
            new ScriptedResolver(["192.0.2.1", "127.0.0.1"])
        );
        using var client = tunnel.Client();

        (await client.GetStringAsync("/", Token)).ShouldBe("ok");
    }

    [Theory] // AWS's metadata service over IPv6 lies inside a range that is allowed by default
    [InlineData("fd00::/8", "policy.address_refused")]
    [InlineData("fd00:ec2::254", "upstream.connect_failed")]
    public async Task Connect_CloudMetadata_MustBeListedItself(string range, string reason)
    {
        await using var tunnel = await Support.Tunnel.StartAsync(
            80,
            s =>
                s with
                {
                    Host = "docs.internal",
                    AllowedRanges = Support.Tunnel.Ranges(range),
                    Timeouts = s.Timeouts with { Connect = TimeSpan.FromMilliseconds(200) },
                },
            new ScriptedResolver(["fd00:ec2::254"])
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        var expected = reason == "policy.address_refused";
        (response.Headers.GetValues("culvert-reason").Single() == "policy.address_refused").ShouldBe(expected);
    }

    [Theory]
    [InlineData("docs.internal", "127.0.0.0/8", "")]
    [InlineData("docs.internal", "10.0.0.0/8", "policy.address_refused")] // the proxy's own address
    [InlineData("127.0.0.1", "127.0.0.0/8", "")]
    [InlineData("10.1.2.3", "127.0.0.0/8", "policy.address_refused")] // the target's
    public async Task Connect_ThroughAProxy_ChecksWhatCanBeChecked(string host, string range, string reason)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var proxy = new ConnectProxy { Open = true, Target = upstream.Port };
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s =>
                s with
                {
                    Host = host,
                    AllowedRanges = Support.Tunnel.Ranges(range),
                    Proxy = new HttpProxyOptions { Url = proxy.Url },
                },
            new ScriptedResolver([])
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.Headers.TryGetValues("culvert-reason", out var reasons);
        (reasons?.Single() ?? "").ShouldBe(reason);
        proxy.Targets.ShouldBe(reason.Length > 0 ? [] : [$"{host}:{upstream.Port}"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_ProxyWantsCredentials_TheyAreThoseOfTheRoute(bool withCredentials)
    {
        var secret = Path.GetTempFileName();
        File.WriteAllText(secret, ConnectProxy.Password);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        SecretReference.TryParse($"file:{secret}", "/", out var password).ShouldBeTrue();
        var lines = new LogLines();
        await using var upstream = RawUpstream.Answering(Ok);
        await using var proxy = new ConnectProxy { Target = upstream.Port };
        await using var tunnel = new Support.Tunnel(lines);
        tunnel.Add(
            "docs",
            upstream.Port,
            s =>
                s with
                {
                    Host = "docs.internal",
                    Proxy = new HttpProxyOptions
                    {
                        Url = proxy.Url,
                        UserName = withCredentials ? ConnectProxy.UserName : "",
                        Password = withCredentials ? password : null,
                    },
                }
        );
        await tunnel.StartAsync();
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        File.Delete(secret);
        response.StatusCode.ShouldBe(withCredentials ? HttpStatusCode.OK : HttpStatusCode.BadGateway);
        proxy.Denied.ShouldBe(withCredentials ? 0 : 1);
        var said = lines.Text;
        said.Contains("upstream.proxy_username and proxy_password", StringComparison.Ordinal)
            .ShouldBe(!withCredentials);
        said.ShouldNotContain(ConnectProxy.Password);
        if (withCredentials)
        {
            (await upstream.NextAsync()).Header("Proxy-Authorization").ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n")]
    [InlineData("220 mail ready\r\n\r\n")]
    public async Task Connect_ProxyRefuses_IsSaid(string answer)
    {
        await using var proxy = new ConnectProxy { Answer = answer };
        await using var tunnel = await Support.Tunnel.StartAsync(
            80,
            s =>
                s with
                {
                    Host = "docs.internal",
                    Proxy = new HttpProxyOptions { Url = proxy.Url },
                }
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-failed-hop").ShouldBe(["upstream"]);
        response.Headers.GetValues("culvert-reason").ShouldBe(["upstream.proxy_failed"]);
    }

    // Roots that the file rules out must not come back because nothing else is named.
    [Fact]
    public void CreateOptions_NoSystemRootsAndNoFile_TrustsNobody()
    {
        var settings = Support.Tunnel.UpstreamTo(443) with { IsTls = true, TlsSystemRoots = false };

        var policy = UpstreamTls.CreateOptions(settings).CertificateChainPolicy!;

        policy.TrustMode.ShouldBe(System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust);
        policy.CustomTrustStore.Count.ShouldBe(0);
    }

    // An intermediate fetched from a URL in the certificate would be a connection past the address check.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CreateOptions_Always_DownloadsNothing(bool ownCa)
    {
        var pem = ownCa ? new TunnelPki().CaPem : "";
        var settings = Support.Tunnel.UpstreamTo(443) with { IsTls = true, TlsCaPem = pem };

        UpstreamTls.CreateOptions(settings).CertificateChainPolicy!.DisableCertificateDownloads.ShouldBeTrue();
    }

    [Fact]
    public async Task Connect_NameThatRebinds_IsResolvedOnceAndCheckedEachTime()
    {
        // The first connection is good; by the second the name means another machine.
        var resolver = new ScriptedResolver(["127.0.0.1"], ["192.0.2.1"]);
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
                    token
                );
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s => s with { Host = "docs.internal" },
            resolver
        );
        using var client = tunnel.Client();

        using var first = await client.GetAsync("/", Token);
        using var second = await client.GetAsync("/", Token);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.Headers.GetValues("culvert-reason").ShouldBe(["policy.address_refused"]);
        resolver.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Probe_IllUpstream_IsAskedAgainSoon()
    {
        var time = new Culvert.Testing.FakeTimeProvider();
        await using var upstream = RawUpstream.Answering(Ok);
        var resolver = new ScriptedResolver(["192.0.2.1"], ["127.0.0.1"]);
        var settings = Support.Tunnel.UpstreamTo(upstream.Port) with
        {
            Host = "docs.internal",
            Probe = new ProbeSettings(ProbeKind.Tcp, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5)),
        };
        await using var pool = new HttpUpstream(
            settings,
            new UpstreamConnector(settings, TimeProvider.System, resolver),
            Support.Tunnel.NewForwarder()
        );
        var probe = new UpstreamProbe(
            new Culvert.Tunnel.Agent.Routing.Route("docs", pool, [], OauthFixture.Open),
            time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<UpstreamProbe>.Instance
        );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var changes = new SemaphoreSlim(0);
        var running = probe.RunAsync(() => changes.Release(), stop.Token);
        await changes.WaitAsync(Token);
        probe.State.IsHealthy.ShouldBe(false);

        time.Advance(TimeSpan.FromSeconds(2));

        await changes.WaitAsync(Eventually.Limit, Token);
        probe.State.IsHealthy.ShouldBe(true);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task Probe_FollowsTheUpstream()
    {
        var upstream = RawUpstream.Answering(Ok);
        var settings = Support.Tunnel.UpstreamTo(upstream.Port) with
        {
            Probe = new ProbeSettings(ProbeKind.Tcp, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)),
        };
        await using var pool = new HttpUpstream(
            settings,
            new UpstreamConnector(settings, TimeProvider.System),
            Support.Tunnel.NewForwarder()
        );
        var probe = new UpstreamProbe(
            new Culvert.Tunnel.Agent.Routing.Route("docs", pool, [], OauthFixture.Open),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<UpstreamProbe>.Instance
        );

        probe.IsWaiting.ShouldBeTrue();
        (await probe.ProbeAsync(Token)).ShouldBeTrue();
        probe.State.IsHealthy.ShouldBe(true);
        (await probe.ProbeAsync(Token)).ShouldBeFalse();
        await upstream.DisposeAsync();
        (await probe.ProbeAsync(Token)).ShouldBeTrue();
        probe.State.IsHealthy.ShouldBe(false);
    }
}
