using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Tests.Configuration;
using Culvert.Testing;
using Culvert.Testing.Proxies;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

/// <summary>S40: what all programs share, through proxies.</summary>
public sealed class PlatformProxyTests
{
    public static TheoryData<string, WayToTarget> Rows { get; } = new(ProxyTrial.Rows);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Trait(ProxyTrial.Client, "Platform/Fetching/SafeFetcher.cs")]
    [MemberData(nameof(Rows))]
    public Task Fetch_ThroughAProxy_IsReadByTheTargetAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            nameof(FetchRefusal.Tls),
            async trial =>
            {
                var observation = new FetchObservation();
                var fetcher = new SafeFetcher(
                    new SafeFetcherOptions { Network = Network(trial) },
                    TimeProvider.System,
                    new FakeHostResolver().With(ProxyTrial.Host, ProxyTrial.Address)
                );
                var result = await fetcher.FetchAsync(
                    new FetchRequest
                    {
                        Url = $"{ProxyTrial.Url}{ProxyTrial.Mark}",
                        Field = "url",
                        Post = new FetchPost(
                            Encoding.ASCII.GetBytes(ProxyTrial.Mark),
                            "application/json",
                            [new("Authorization", $"Bearer {ProxyTrial.Mark}")]
                        ),
                        Observation = observation,
                    },
                    Cancel
                );

                // What is observed is the target's certificate, never the proxy's.
                observation.CertificateIssuer.ShouldBe(
                    way == WayToTarget.Genuine ? ProxyTrial.TargetPki.Issuing.Subject : null
                );
                return result.IsSuccess ? null : $"{result.Refusal}";
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Platform/Telemetry/CollectorClient.cs")]
    [MemberData(nameof(Rows))]
    public Task Records_ThroughAProxy_AreReadByTheCollectorAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            "The SSL connection could not be established",
            async trial =>
            {
                using var file = new ConfigFile();
                var collector = LogsCollector.Read(
                    file.Load("").Root,
                    name =>
                        name switch
                        {
                            "OTEL_EXPORTER_OTLP_ENDPOINT" => $"{ProxyTrial.Url}{ProxyTrial.Mark}",
                            "OTEL_EXPORTER_OTLP_HEADERS" => $"api-key={ProxyTrial.Mark}",
                            "OTEL_EXPORTER_OTLP_PROTOCOL" => "http/json",
                            _ => null,
                        }
                )!;
                using var client = new CollectorClient(collector, new NetworkSource(Network(trial)), "test", "test");
                var answer = await client.SendAsync(
                    [
                        new CollectorRecord
                        {
                            At = DateTimeOffset.UnixEpoch,
                            EventName = ProxyTrial.Mark,
                            Body = Encoding.ASCII.GetBytes(ProxyTrial.Mark),
                            Attributes = [],
                        },
                    ],
                    Cancel
                );
                return answer.Error;
            }
        );

    // The exporters of spans and metrics use the proxy of the environment, which is the HTTP client's own business; what
    // they trust cannot be set, so that this test uses the same handler in their place.
    [Theory, Trait(ProxyTrial.Client, "Platform/Telemetry/ExporterOptions.cs")]
    [MemberData(nameof(Rows))]
    public Task Request_ThroughAProxyOfTheEnvironment_IsReadByTheTargetAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            nameof(HttpRequestError.SecureConnectionError),
            async trial =>
            {
                var handler = OutboundHttp.CreateHandler(SystemRoots.Policy(trial.BundleFile));
                (handler.UseProxy, handler.Proxy) = (true, new WebProxy(trial.ProxyUrl));
                using var client = new HttpClient(handler);
                try
                {
                    await PostAsync(client, HttpVersion.Version11);
                    return null;
                }
                catch (HttpRequestException e)
                {
                    return $"{e.HttpRequestError}";
                }
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Platform/Net/OutboundDialer.cs")]
    [Trait(ProxyTrial.Client, "Platform/Net/ProxyTunnel.cs")]
    [MemberData(nameof(Rows))]
    public Task Request_OverHttp2_IsReadByTheTargetAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(proxy, way, nameof(HttpRequestError.SecureConnectionError), PostByHttp2Async);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Request_ByTheSynchronousMembers_IsReadByTheTargetAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            nameof(HttpRequestError.SecureConnectionError),
            trial =>
                Task.Run(
                    string? () =>
                    {
                        using var client = Client(trial);
                        using var request = Request(HttpVersion.Version11);
                        try
                        {
                            using var answer = client.Send(request, Cancel);
                            using var body = answer.Content.ReadAsStream(Cancel);
                            return body.ReadByte() < 0 ? "The answer is empty." : null;
                        }
                        catch (HttpRequestException e)
                        {
                            return $"{e.HttpRequestError}";
                        }
                    },
                    Cancel
                )
        );

    [Fact]
    public async Task Connection_WithTlsThatTheClientDidNotMake_IsRefused()
    {
        var pki = new TestPki(TimeProvider.System.GetUtcNow());
        var (requests, leaf) = (0, pki.Issue(dnsNames: ["127.0.0.1"], usages: [TestPki.ServerAuthentication]));
        await using var server = await TestServer.StartAsync(
            _ =>
            {
                requests++;
                return Task.CompletedTask;
            },
            leaf,
            pki.Issuing
        );
        SslStream? made = null;
        using var client = new HttpClient(
            OutboundHttp.CreateHandler(
                connect: async (_, cancel) =>
                {
                    var way = await new OutboundDialer(NetworkOptions.Default).ConnectAsync(
                        "127.0.0.1",
                        server.Port,
                        cancel
                    );
                    made = new SslStream(way);
                    var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust };
                    policy.CustomTrustStore.Add(pki.Root);
                    policy.RevocationMode = X509RevocationMode.NoCheck;
                    await made.AuthenticateAsClientAsync(
                        new SslClientAuthenticationOptions
                        {
                            TargetHost = "127.0.0.1",
                            CertificateChainPolicy = policy,
                        },
                        cancel
                    );
                    return made;
                }
            )
        );

        var refused = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(ProxyTrial.Url, Cancel));

        refused.ToString().ShouldContain("TLS that the client did not make");
        made!.CanWrite.ShouldBeFalse();
        requests.ShouldBe(0);
    }

    private static async Task<string?> PostByHttp2Async(ProxyTrial trial)
    {
        using var client = Client(trial);
        try
        {
            await PostAsync(client, HttpVersion.Version20);
            return null;
        }
        catch (HttpRequestException e)
        {
            return $"{e.HttpRequestError}";
        }
    }

    private static HttpClient Client(ProxyTrial trial) =>
        new(
            OutboundHttp.CreateHandler(
                SystemRoots.Policy(trial.BundleFile),
                new OutboundDialer(Network(trial)).ConnectAsync
            )
        );

    private static async Task PostAsync(HttpClient client, Version version)
    {
        using var request = Request(version);
        using var answer = await client.SendAsync(request, Cancel);
        answer.Version.ShouldBe(version);
    }

    private static HttpRequestMessage Request(Version version) =>
        new(HttpMethod.Post, $"{ProxyTrial.Url}{ProxyTrial.Mark}")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "DPoP", ProxyTrial.Mark } },
            Content = new StringContent(ProxyTrial.Mark),
        };

    private static NetworkOptions Network(ProxyTrial trial) =>
        new()
        {
            Proxy = new HttpProxyOptions { Url = trial.ProxyUrl },
            CaBundle = trial.BundleFile,
        };
}
