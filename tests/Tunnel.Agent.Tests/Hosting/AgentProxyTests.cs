using System.Text;
using System.Text.Json.Nodes;
using Culvert.Jose.Keys;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Testing.Proxies;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;
using Culvert.Tunnel.Agent.Tests.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Hosting;

/// <summary>S40: what the agent says to control planes, upstreams, CAs and edges, through proxies.</summary>
public sealed class AgentProxyTests
{
    public static TheoryData<string, WayToTarget> Rows { get; } = new(ProxyTrial.Rows);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, Trait(ProxyTrial.Client, "Tunnel.Agent/LongPoll/ControlPlane.cs")]
    [MemberData(nameof(Rows))]
    public Task Poll_ThroughAProxy_IsReadByTheControlPlaneAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            "It cannot have arrived",
            async trial =>
            {
                using var plane = Plane(trial, trial.TargetRootsFile);
                var reply = await plane.PollAsync(1, TimeSpan.FromMilliseconds(100), [], Token);
                return Say(reply);
            }
        );

    // Without ca_file the bundle vouches for the control plane, and for the proxy too.
    [Theory]
    [MemberData(nameof(Rows))]
    public Task Answer_ThroughAProxy_IsReadByTheControlPlaneAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            "It cannot have arrived",
            async trial =>
            {
                using var plane = Plane(trial, caFile: "");
                var command = new TunnelCommand
                {
                    RequestId = "r1",
                    ShardToken = ProxyTrial.Mark,
                    Type = default,
                    Channel = "main",
                    ReceivedAt = TimeProvider.System.GetTimestamp(),
                };
                return Say(await plane.AnswerAsync(command, Encoding.ASCII.GetBytes(ProxyTrial.Mark), Token));
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Tunnel.Agent/Upstreams/HttpUpstream.cs")]
    [Trait(ProxyTrial.Client, "Tunnel.Agent/Upstreams/UpstreamConnector.cs")]
    [MemberData(nameof(Rows))]
    public Task Call_ThroughUpstreamProxy_IsReadByTheServerAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            "upstream.tls_failed",
            async trial =>
            {
                var settings = Support.Tunnel.UpstreamTo(443) with
                {
                    IsTls = true,
                    Host = ProxyTrial.Host,
                    HostHeader = ProxyTrial.Host,
                    TlsServerName = ProxyTrial.Host,
                    TlsCaPem = ProxyTrial.TargetPki.RootPem,
                    Proxy = new HttpProxyOptions { Url = trial.ProxyUrl },
                    ProxyCaBundle = trial.BundleFile,
                };
                await using var upstream = new HttpUpstream(
                    settings,
                    new UpstreamConnector(settings, TimeProvider.System),
                    Support.Tunnel.NewForwarder()
                );
                using var request = new HttpRequestMessage(HttpMethod.Post, upstream.GetAddress($"/{ProxyTrial.Mark}"))
                {
                    Headers = { { "Authorization", $"Bearer {ProxyTrial.Mark}" } },
                    Content = new StringContent(ProxyTrial.Mark),
                };
                try
                {
                    using var answer = await upstream.SendAsync(request, Token);
                    return null;
                }
                catch (HttpRequestException e)
                {
                    return Reason(e);
                }
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Tunnel.Agent/Acme/AcmeChannel.cs")]
    [MemberData(nameof(Rows))]
    public Task Directory_ThroughAProxy_IsAskedOfTheAuthorityAlone(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            "is not trusted",
            async trial =>
            {
                using var key = SigningKey.Create();
                var client = new AcmeClient(
                    AcmeSettings.None with
                    {
                        Directory = $"{ProxyTrial.Url}{ProxyTrial.Mark}",
                        Roots = [ProxyTrial.TargetPki.Root],
                    },
                    key,
                    TimeProvider.System,
                    new ScriptedResolver([ProxyTrial.Address]),
                    Network(trial)
                );
                try
                {
                    await client.DirectoryAsync(Token);
                    return null;
                }
                catch (AcmeException e)
                {
                    return e.Message;
                }
            }
        );

    [Theory, Trait(ProxyTrial.Client, "Tunnel.Agent/Doctor/CallCheck.cs")]
    [Trait(ProxyTrial.Client, "Platform/Doctor/CallProbe.cs")]
    [MemberData(nameof(Rows))]
    public Task Doctor_ThroughAProxy_CallsTheRouteAlone(string proxy, WayToTarget way) =>
        DoctorAsync(proxy, way, OauthMode.DangerousNone, "The call got no response");

    [Theory]
    [MemberData(nameof(Rows))]
    public Task DoctorWithoutToken_ThroughAProxy_AsksTheRouteAlone(string proxy, WayToTarget way) =>
        DoctorAsync(proxy, way, OauthMode.Required, way == WayToTarget.ProxyInClear ? "frame" : "certificate");

    [Theory, Trait(ProxyTrial.Client, "Tunnel.Agent/Dialing/EdgeDialer.cs")]
    [MemberData(nameof(Rows))]
    public Task Dial_ThroughAProxy_IsAnEdgeOfTheFeed(string proxy, WayToTarget way) =>
        ProxyTrial.RunAsync(
            proxy,
            way,
            way == WayToTarget.ProxyInClear ? nameof(DialStage.Handshake) : nameof(DialStage.Peer),
            async trial =>
            {
                var pki = new TunnelPki();
                PlatformTrust.TryCreate("id.test", ProxyTrial.TargetPki.RootPem, out var trust).ShouldBeTrue();
                var dialer = new EdgeDialer(() => TimeSpan.FromSeconds(30), Network(trial), TimeProvider.System);
                var result = await dialer.DialAsync(
                    $"{ProxyTrial.Host}:443",
                    new DialContext
                    {
                        Certificate = pki.Agent(ProxyTrial.Mark),
                        Trust = trust!,
                        Edges =
                        [
                            new AgentFeedEdge(Id: EdgeTrialTarget.EdgeId, Name: EdgeTrialTarget.EdgeId, Addresses: []),
                        ],
                        RevokedSerials = RevokedSerialSet.None,
                    },
                    Token
                );
                if (!result.IsConnected)
                {
                    return $"{result.Stage}: {result.Detail}";
                }

                await result.Transport.WriteAsync(Encoding.ASCII.GetBytes(ProxyTrial.Mark), Token);
                await result.Transport.FlushAsync(Token);
                await result.Transport.ReadExactlyAsync(new byte[1], Token); // it was read
                await result.Transport.DisposeAsync();
                return null;
            },
            new ProxyTrialTerms
            {
                Target = (certificate, issuing) => new EdgeTrialTarget(certificate, issuing),
                Issue = (issuer, isWrong) =>
                    issuer.Issue(
                        uri: $"spiffe://id.test/edge/{(isWrong ? EdgeTrialTarget.OtherId : EdgeTrialTarget.EdgeId)}",
                        dnsNames: [ProxyTrial.Host],
                        usages: [TestPki.ServerAuthentication, TestPki.ClientAuthentication]
                    ),
            }
        );

    private static async Task DoctorAsync(string proxy, WayToTarget way, OauthMode mode, string refusal)
    {
        using var scene = new DoctorScene();
        var host = $"docs.{scene.Feed().Tunnel.Domain}";
        await ProxyTrial.RunAsync(
            proxy,
            way,
            refusal,
            async trial =>
            {
                var facts = scene.Facts();
                var settings = facts.Settings with
                {
                    Identity = facts.Settings.Identity with { Network = Network(trial).Current },
                    Routes =
                    [
                        .. facts
                            .Settings.Routes.Where(r => r.Name == "docs")
                            .Select(r => r with { Oauth = r.Oauth with { Mode = mode, Path = $"/{ProxyTrial.Mark}" } }),
                    ],
                };
                var feed = scene.Feed();
                var state = facts.State with
                {
                    Feed = feed with
                    {
                        Edges =
                        [
                            new AgentFeedEdge(
                                Id: EdgeTrialTarget.EdgeId,
                                Name: "east",
                                Addresses: [$"{ProxyTrial.Host}:8443"]
                            ),
                        ],
                        Tunnel = feed.Tunnel with
                        {
                            TrustBundle = feed.Tunnel.TrustBundle with { Pem = ProxyTrial.TargetPki.RootPem },
                        },
                    },
                };
                var found = await new CallCheck(settings, state, leaf: null, TimeProvider.System).RunAsync(Token);
                return found.Status == DoctorStatus.Pass ? null : string.Join('\n', found.Evidence);
            },
            new ProxyTrialTerms
            {
                Issue = (pki, isWrong) =>
                    pki.Issue(
                        dnsNames: [isWrong ? $"other.{ProxyTrial.Host}" : host],
                        usages: [TestPki.ServerAuthentication]
                    ),
                Answer = context =>
                    context.Response.WriteAsJsonAsync(
                        context.Request.Path.StartsWithSegments(
                            "/.well-known/oauth-protected-resource",
                            StringComparison.Ordinal
                        )
                            ? new JsonObject { ["resource"] = $"https://{host}/{ProxyTrial.Mark}" }
                            : [],
                        Token
                    ),
            }
        );
    }

    private static string Reason(Exception? failure) =>
        failure switch
        {
            null => "another failure",
            UpstreamException upstream => upstream.Failure.Reason,
            _ => Reason(failure.InnerException),
        };

    private static string? Say(ControlReply reply) =>
        reply.IsSuccess ? null
        : reply.MayHaveArrived ? $"It may have arrived: {reply.Describe()}"
        : $"It cannot have arrived: {reply.Describe()}";

    private static ControlPlane Plane(ProxyTrial trial, string caFile) =>
        new(
            new LongPollSettings
            {
                BaseUrl = ProxyTrial.Url,
                UrlPath = $"/{ProxyTrial.Mark}",
                TunnelId = ControlPlaneDouble.TunnelId,
                ApiKey = SecretReference.ToFile(trial.WriteSecret("key", ProxyTrial.Mark)),
                Organization = ProxyTrial.Mark,
                CaFile = caFile,
                Channels = [new LongPollChannel("main", "docs", false)],
            },
            Network(trial),
            TimeProvider.System
        );

    private static NetworkSource Network(ProxyTrial trial) =>
        new(
            new NetworkOptions
            {
                Proxy = new HttpProxyOptions { Url = trial.ProxyUrl },
                CaBundle = trial.BundleFile,
            }
        );
}
