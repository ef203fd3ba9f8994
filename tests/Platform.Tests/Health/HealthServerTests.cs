using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Health;
using Culvert.Platform.Metrics;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Health;

public sealed class HealthServerTests : IAsyncDisposable
{
    private static readonly ProgramIdentity Identity = new("tunnel-edge", ("edge_id", "edge_01"));

    private readonly MetricsText metrics = new("Culvert.Health");
    private readonly FakeTimeProvider time = new();
    private readonly HttpClient client = new();
    private HealthServer? server;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        metrics.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Healthz_AnswersWhileNotReady()
    {
        await Start(ReadinessCheck.Create("a", () => "no"));

        (await Get("/healthz")).ShouldBe((HttpStatusCode.OK, """{"status":"ok"}"""));
    }

    [Fact]
    public async Task Readyz_IsEvaluatedAnewEachTime()
    {
        string? reason = "no certificate yet";
        await Start(ReadinessCheck.Create("certificate", () => reason), ReadinessCheck.Create("feed", () => null));

        var before = await Get("/readyz");
        reason = null;
        var after = await Get("/readyz");

        before.ShouldBe(
            (
                HttpStatusCode.ServiceUnavailable,
                """{"status":"not_ready","program":"tunnel-edge","edge_id":"edge_01","checks":[{"name":"certificate","ready":false,"detail":"no certificate yet"},{"name":"feed","ready":true,"detail":""}]}"""
            )
        );
        after.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Readyz_CheckThatThrows_IsNotReadyAndShowsNoMessage()
    {
        await Start(ReadinessCheck.Create("a", () => throw new InvalidOperationException("hunter2-hunter2")));

        var (status, body) = await Get("/readyz");

        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.ShouldContain("InvalidOperationException");
        body.ShouldNotContain("hunter2-hunter2");
    }

    [Fact]
    public async Task Readyz_CheckThatHangs_IsNotReady()
    {
        var entered = new TaskCompletionSource();
        await Start(
            new ReadinessCheck(
                "a",
                async ct =>
                {
                    entered.SetResult();
                    await Never.RespondAsync(ct);
                    return null;
                }
            )
        );

        var answer = Get("/readyz");
        await entered.Task;
        time.Advance(TimeSpan.FromSeconds(2));

        (await answer).Body.ShouldContain("timed out");
    }

    [Fact]
    public async Task Metrics_HaveWhetherEachCheckHolds()
    {
        string? reason = "The HSM does not answer.";
        await Start(ReadinessCheck.Create("holds", () => null), ReadinessCheck.Create("comes_and_goes", () => reason));

        var failing = (await Get("/metrics")).Body;
        reason = null;
        var well = (await Get("/metrics")).Body;

        failing.ShouldContain("culvert_readiness_check{check=\"holds\"} 1");
        failing.ShouldContain("culvert_readiness_check{check=\"comes_and_goes\"} 0");
        failing.ShouldNotContain("does not answer");
        well.ShouldContain("culvert_readiness_check{check=\"comes_and_goes\"} 1");
    }

    [Fact]
    public async Task Metrics_IsPrometheusText()
    {
        await Start();

        (await Get("/metrics")).Body.ShouldContain("culvert_metrics_dropped_total 0");
    }

    [Theory]
    [InlineData("evil.test", HttpStatusCode.BadRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("localhost.", HttpStatusCode.OK)] // the dot of the root
    public async Task Host_OutsideTheList_IsRefused(string host, HttpStatusCode expected)
    {
        await Start();

        (await Get("/healthz", host)).Status.ShouldBe(expected);
    }

    [Theory] // a page that makes its own name point here reads nothing (DNS rebinding)
    [InlineData("evil.test", HttpStatusCode.BadRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("LocalHost.", HttpStatusCode.OK)]
    public async Task Host_NoListOnLoopback_TakesLocalNamesAlone(string host, HttpStatusCode expected)
    {
        await Start(new HealthOptions { Listen = [new(IPAddress.Loopback, 0)] });

        (await Get("/metrics", host)).Status.ShouldBe(expected);
    }

    [Fact]
    public async Task UnixSocketAndUrlFile_AreServedAndWritten()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-test-");
        var socket = Path.Combine(folder.FullName, "health.sock");
        var urlFile = Path.Combine(folder.FullName, "url");
        await Start(
            new HealthOptions
            {
                Listen = [new(IPAddress.Loopback, 0)],
                UnixSocket = socket,
                UrlFile = urlFile,
            }
        );
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var local = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await local.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct);
                return new NetworkStream(local, ownsSocket: true);
            },
        };
        using var overSocket = new HttpClient(handler);

        var answer = await overSocket.GetStringAsync("http://x/healthz", TestContext.Current.CancellationToken);

        answer.ShouldBe("""{"status":"ok"}""");
        (await File.ReadAllTextAsync(urlFile, TestContext.Current.CancellationToken)).Trim().ShouldBe(server!.Urls[0]);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("localhost", "", "", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "none", "", HttpStatusCode.OK)]
    [InlineData("localhost", "same-origin", "http://localhost:PORT", HttpStatusCode.OK)]
    [InlineData("evil.example", "", "", HttpStatusCode.BadRequest)]
    [InlineData("localhost", "cross-site", "", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "same-site", "", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "", "null", HttpStatusCode.Forbidden)]
    [InlineData("localhost", "none", "http://127.0.0.1:PORT", HttpStatusCode.Forbidden)]
    public async Task Ui_OnlyForThisMachineAndItself(string host, string site, string origin, HttpStatusCode status)
    {
        await StartWithPage(
            new HealthOptions
            {
                Listen = [new(IPAddress.Loopback, 0)],
                AllowedHosts = ["localhost", "127.0.0.1"],
                Ui = true,
            }
        );

        (await GetUi(host, site, origin)).ShouldBe(status);
    }

    [Fact]
    public async Task Ui_AnyHostAllowedElsewhere_StillTakesLocalNamesAlone()
    {
        await StartWithPage(new HealthOptions { Listen = [new(IPAddress.Loopback, 0)], Ui = true });

        (await GetUi("evil.example", "", "")).ShouldBe(HttpStatusCode.BadRequest);
        (await GetUi("localhost", "", "")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ui_SwitchedOff_IsNotThere()
    {
        await StartWithPage(new HealthOptions { Listen = [new(IPAddress.Loopback, 0)] });

        (await GetUi("localhost", "", "")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Readyz_AdvisoryCheck_IsShownAndDoesNotCount()
    {
        await Start(ReadinessCheck.Create("configuration", () => "not in force") with { IsAdvisory = true });

        var (status, body) = await Get("/readyz");

        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldContain("not in force");
    }

    [Fact]
    public async Task Readyz_DegradedCheck_IsShownAndCountsWhenNothingIsServedAnyMore()
    {
        var servesOthers = true;
        await Start(ReadinessCheck.Create("issuers", () => "no keys of corp") with { IsDegraded = () => servesOthers });

        var degraded = await Get("/readyz");
        servesOthers = false;
        var down = await Get("/readyz");

        degraded.ShouldBe(
            (
                HttpStatusCode.OK,
                """{"status":"ready","program":"tunnel-edge","edge_id":"edge_01","checks":[{"name":"issuers","ready":true,"detail":"no keys of corp"}]}"""
            )
        );
        down.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        down.Body.ShouldContain("\"ready\":false,\"detail\":\"no keys of corp\"");
    }

    [Fact]
    public async Task Apply_AnotherAddress_IsListenedOnInTheOldOnesPlace()
    {
        await Start();
        var before = new Uri(server!.Urls[0]);
        var next = new IPEndPoint(IPAddress.Loopback, LoopbackPort.Free());

        await server.ApplyAsync(new HealthOptions { Listen = [next] }, TestContext.Current.CancellationToken);

        server.Urls.ShouldBe([$"http://{next}"]);
        (await Get("/healthz")).Status.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<HttpRequestException>(() =>
            client.GetAsync(new Uri(before, "/healthz"), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Apply_AddressIsTaken_ListensWhereItDidBefore()
    {
        var own = new HealthOptions { Listen = [new(IPAddress.Loopback, LoopbackPort.Free())] };
        await Start(own);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        await Should.ThrowAsync<IOException>(() =>
            server!.ApplyAsync(
                new HealthOptions { Listen = [(IPEndPoint)taken.LocalEndpoint], AllowedHosts = ["nobody.test"] },
                TestContext.Current.CancellationToken
            )
        );

        server!.Urls.ShouldBe([$"http://{own.Listen[0]}"]);
        (await Get("/healthz")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private async Task StartWithPage(HealthOptions options) =>
        server = await HealthServer.StartAsync(
            options,
            new HealthEndpoints(Identity, [], metrics, time),
            TestContext.Current.CancellationToken,
            _ => Task.CompletedTask
        );

    private async Task<HttpStatusCode> GetUi(string host, string site, string origin)
    {
        var url = new Uri(server!.Urls[0]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/ui"));
        request.Headers.Host = $"{host}:{url.Port}";
        foreach (var (name, value) in new[] { ("Sec-Fetch-Site", site), ("Origin", origin) })
        {
            if (value.Length > 0)
            {
                request.Headers.TryAddWithoutValidation(
                    name,
                    value.Replace("PORT", $"{url.Port}", StringComparison.Ordinal)
                );
            }
        }

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private Task Start(params ReadinessCheck[] checks) =>
        Start(
            new HealthOptions { Listen = [new(IPAddress.Loopback, 0)], AllowedHosts = ["localhost", "127.0.0.1"] },
            checks
        );

    private async Task Start(HealthOptions options, params ReadinessCheck[] checks) =>
        server = await HealthServer.StartAsync(
            options,
            new HealthEndpoints(Identity, checks, metrics, time),
            TestContext.Current.CancellationToken
        );

    private async Task<(HttpStatusCode Status, string Body)> Get(string path, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, server!.Urls[0] + path);
        request.Headers.Host = host;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
