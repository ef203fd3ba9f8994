using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Testing.Api;
using Microsoft.AspNetCore.Http;

namespace Culvert.Machine.Client.Tests.Support;

/// <summary>
/// The service as a machine sees it, over real TLS and mutual TLS: issues real certificates, keeps a feed with long
/// polls, records every request, and fails on demand.
/// </summary>
internal sealed class FakeService : IAsyncDisposable
{
    public const string TunnelId = "tnl_010000000000000000000001";
    public const string EdgeId = "edge_1";
    public const string TrustDomain = "id.test";
    public const string Domain = "x.tunnel.test";

    private readonly TimeProvider time;
    private readonly ConcurrentQueue<RecordedRequest> requests = new();
    private readonly ConcurrentDictionary<string, ServerCertificateDocument> signed = new();
    private readonly DoubleCheck check = DoubleCheck.OfTheService();
    private TestServer? api;
    private TestServer? machine;
    private volatile TaskCompletionSource feedChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int waitingPolls;

    private FakeService(TimeProvider time)
    {
        this.time = time;
        Platform = new TestPki(time.GetUtcNow(), "Platform");
        Tunnel = new TestPki(time.GetUtcNow(), "Tunnel");
    }

    public TestPki Platform { get; }

    /// <summary>The tunnel's authority: its issuing CA is the anchor of the trust bundle.</summary>
    public TestPki Tunnel { get; set; }

    /// <summary>The serial of the certificate that both doors show.</summary>
    public string ServiceSerial { get; private set; } = "";

    public IReadOnlyList<RecordedRequest> Requests => [.. requests];

    public Uri ApiUrl => new($"https://127.0.0.1:{api!.Port}");

    public Uri MachineUrl => new($"https://127.0.0.1:{machine!.Port}");

    public TimeSpan PlatformLife { get; set; } = TimeSpan.FromHours(1);

    public TimeSpan ServerLife { get; set; } = TimeSpan.FromHours(24);

    public long Revision { get; private set; } = 1;

    public long TrustBundleEpoch { get; set; } = 1;

    /// <summary>Anchors of the trust bundle in addition to the tunnel's authority.</summary>
    public string OtherAnchors { get; set; } = "";

    /// <summary>The information about its certificate that a rotation job receives.</summary>
    public SuggestedWindow? SuggestedWindow { get; set; }

    public bool IsRevoked { get; set; }

    /// <summary>The revoked serial numbers that edges receive.</summary>
    public IReadOnlyList<string> EdgeRevokedSerials { get; set; } = [];

    /// <summary>Certificates that were signed for rotation jobs.</summary>
    public int Signed => signed.Count;

    public string Mode { get; set; } = ServerCertificateMode.Service;

    /// <summary>The edges that an agent receives.</summary>
    public IReadOnlyList<AgentFeedEdge> Edges { get; set; } = [];

    /// <summary>The port in the URLs of the tunnel's routes.</summary>
    public int? PublicPort { get; set; }

    /// <summary>Members that no feed has, as JSON, each with its comma.</summary>
    public string Foreign { get; set; } = "";

    /// <summary>Custom hostnames that an agent receives.</summary>
    public IReadOnlyList<FeedHostname>? Hostnames { get; set; }

    /// <summary>Challenges that an agent receives.</summary>
    public IReadOnlyList<FeedAcmeChallenge>? Challenges { get; set; }

    /// <summary>Of a service of an earlier version: not.</summary>
    public bool KnowsAssertions { get; set; } = true;

    /// <summary>
    /// It answers as the service does not: it is broken, or another server. Else each answer is held against
    /// <c>docs/openapi.json</c>, as each request always is.
    /// </summary>
    public bool IsBroken { get; set; }

    /// <summary>Answers a request itself when it gives true.</summary>
    public Func<RecordedRequest, HttpContext, Task<bool>>? Intercept { get; set; }

    public static async Task<FakeService> StartAsync(
        TimeProvider time,
        string serviceUri = "spiffe://id.test/service/1"
    )
    {
        var service = new FakeService(time);
        var ends = time.GetUtcNow() + TimeSpan.FromDays(80);
        var leaf = service.Platform.Issue(
            serviceUri,
            dnsNames: ["127.0.0.1"],
            usages: [TestPki.ServerAuthentication],
            notAfter: ends
        );
        service.ServiceSerial = CertificateNames.Serial(leaf);
        service.api = await TestServer.StartAsync(service.HandleAsync, leaf, service.Platform.Issuing);
        service.machine = await TestServer.StartAsync(
            service.HandleAsync,
            leaf,
            service.Platform.Issuing,
            clientCertificates: true
        );
        return service;
    }

    /// <summary>Feed requests that wait for a change.</summary>
    public int WaitingPolls => Volatile.Read(ref waitingPolls);

    public int Count(string path) => requests.Count(r => r.Path == path);

    public IReadOnlyList<RecordedRequest> Of(string path) => [.. requests.Where(r => r.Path == path)];

    /// <summary>Makes a new revision and wakes the polls.</summary>
    public void Change()
    {
        Revision++;
        Interlocked
            .Exchange(ref feedChanged, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .SetResult();
    }

    /// <summary>Ends every waiting poll without a change.</summary>
    public void EndPolls() =>
        Interlocked
            .Exchange(ref feedChanged, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .SetResult();

    public static Task RefuseAsync(HttpContext context, int status, string code, string message = "No.")
    {
        context.Response.StatusCode = status;
        context.Response.Headers["request-id"] = "req_1";
        return context.Response.WriteAsync(
            $$$"""{"type":"error","error":{"type":"e","message":"{{{message}}}","details":{"error_code":"{{{code}}}"}},"request_id":"req_1"}"""
        );
    }

    public async ValueTask DisposeAsync()
    {
        EndPolls();
        await api!.DisposeAsync();
        await machine!.DisposeAsync();
        check.ThrowIfAny();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new RecordedRequest(
            context.Request.Path,
            context.Request.QueryString.Value ?? "",
            context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal),
            await reader.ReadToEndAsync(),
            context.Connection.ClientCertificate is { } client ? CertificateNames.Serial(client) : null,
            context.Connection.Id,
            time.GetUtcNow()
        );
        requests.Enqueue(request);
        check.Receive(context.Request.Method, request.Path, context.Request.ContentType, request.Body);
        await check.AnswerAsync(
            context,
            () => InterceptAsync(request, context),
            isForeign: () => IsBroken || Foreign.Length > 0
        );
    }

    private async Task InterceptAsync(RecordedRequest request, HttpContext context)
    {
        if (Intercept is not null && await Intercept(request, context))
        {
            return;
        }

        if (TakesAssertions(request.Path) && request.Bearer.Length == 0 && !(KnowsAssertions && HasAssertion(request)))
        {
            await RefuseAsync(context, 401, "auth.missing");
            return;
        }

        await AnswerAsync(request, context);
    }

    private static bool TakesAssertions(string path) =>
        path is "/v1/agent/enrollments" or "/v1/edge/enrollments" or "/v1/certificates";

    private static bool HasAssertion(RecordedRequest request) =>
        request.Body.Contains("\"assertion\"", StringComparison.Ordinal);

    private async Task AnswerAsync(RecordedRequest request, HttpContext context)
    {
        switch (request.Path)
        {
            case "/v1/platform_ca":
                var ca = new PlatformCaDocument(
                    TrustDomain: TrustDomain,
                    CertificatePem: Platform.RootPem,
                    Sha256: CertificateNames.Fingerprint(Platform.Root)
                );
                await WriteAsync(context, ca, WireJson.Default.PlatformCaDocument);
                break;
            case "/v1/oauth/token":
                var token = new TokenResponse
                {
                    AccessToken = $"access-{Count(request.Path)}",
                    ExpiresIn = 300,
                    Scope = "tunnel:agent",
                };
                await WriteAsync(context, token, WireJson.Default.TokenResponse);
                break;
            case "/v1/agent/enrollments":
                var asked = JsonSerializer.Deserialize(request.Body, WireJson.Default.AgentEnrollmentRequest)!;
                await WriteAsync(context, Agent(asked.Csr, asked.InstanceId), WireJson.Default.AgentEnrollment);
                break;
            case "/v1/agent/renewals":
                var instance = JsonSerializer
                    .Deserialize(Of("/v1/agent/enrollments")[0].Body, WireJson.Default.AgentEnrollmentRequest)!
                    .InstanceId;
                await WriteAsync(context, Agent(Csr(request), instance), WireJson.Default.AgentEnrollment);
                break;
            case "/v1/edge/enrollments":
                var edge = JsonSerializer.Deserialize(request.Body, WireJson.Default.EdgeEnrollmentRequest)!;
                await WriteAsync(context, Edge(edge.Csr), WireJson.Default.EdgeEnrollment);
                break;
            case "/v1/edge/renewals":
                await WriteAsync(context, Edge(Csr(request)), WireJson.Default.EdgeEnrollment);
                break;
            case "/v1/agent/server_certificates":
                var wanted = JsonSerializer.Deserialize(request.Body, WireJson.Default.AgentServerCertificateRequest)!;
                await WriteAsync(
                    context,
                    Server(wanted.Csr, wanted.Domain ?? Domain),
                    WireJson.Default.ServerCertificateDocument
                );
                break;
            case "/v1/certificates":
                var document = Sign(request, context);
                await WriteAsync(
                    context,
                    HasAssertion(request) ? document with { TrustBundle = TrustBundle } : document,
                    WireJson.Default.ServerCertificateDocument
                );
                break;
            case "/v1/certificates/renewal":
                var advice = new RenewalAdvice
                {
                    TunnelId = TunnelId,
                    SuggestedWindow = SuggestedWindow,
                    IsRevoked = IsRevoked,
                    TrustBundle = TrustBundle,
                };
                await WriteAsync(context, advice, WireJson.Default.RenewalAdvice);
                break;
            case "/v1/agent/feed" or "/v1/edge/feed":
                await FeedAsync(request, context);
                break;
            case "/v1/agent/reports" or "/v1/edge/reports":
                context.Response.StatusCode = 204;
                break;
            default:
                await RefuseAsync(context, 404, "request.not_found");
                break;
        }
    }

    /// <summary>Signs for a rotation job, or finds what was signed under that Idempotency-Key.</summary>
    public ServerCertificateDocument Sign(RecordedRequest request, HttpContext context)
    {
        var wanted = JsonSerializer.Deserialize(request.Body, WireJson.Default.ServerCertificateRequest)!;
        return signed.GetOrAdd(context.Request.Headers["Idempotency-Key"].ToString(), _ => Server(wanted.Csr, Domain));
    }

    private BundleDocument TrustBundle => new(Epoch: TrustBundleEpoch, Pem: Tunnel.ChainPem + OtherAnchors);

    private async Task FeedAsync(RecordedRequest request, HttpContext context)
    {
        var since = long.Parse(request.Query.Split("since=")[1].Split('&')[0]);
        var change = feedChanged;
        if (Revision <= since && !request.Query.Contains("wait=0s", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref waitingPolls);
            try
            {
                await change.Task.WaitAsync(context.RequestAborted);
            }
            finally
            {
                Interlocked.Decrement(ref waitingPolls);
            }
        }

        if (Revision <= since)
        {
            context.Response.StatusCode = 204;
        }
        else if (request.Path == "/v1/agent/feed")
        {
            var feed = JsonSerializer.Serialize(AgentFeed(), WireJson.Default.AgentFeed);
            await context.Response.WriteAsync("{" + Foreign + feed[1..], context.RequestAborted);
        }
        else
        {
            await WriteAsync(context, EdgeFeed(), WireJson.Default.EdgeFeed);
        }
    }

    private AgentEnrollment Agent(string csr, string instance)
    {
        var uri = $"spiffe://{TrustDomain}/o/org/t/{TunnelId}/agent/{instance}";
        return new AgentEnrollment
        {
            Id = "agt_1",
            TunnelId = TunnelId,
            InstanceId = instance,
            SpiffeId = uri,
            Certificate = Issue(Platform, csr, PlatformLife, uri, [], [TestPki.ClientAuthentication]),
            PlatformBundle = new(Epoch: 1, Pem: Platform.RootPem),
            MachineUrl = MachineUrl.AbsoluteUri,
            TrustDomain = TrustDomain,
        };
    }

    private EdgeEnrollment Edge(string csr)
    {
        var uri = $"spiffe://{TrustDomain}/edge/{EdgeId}";
        string[] usages = [TestPki.ServerAuthentication, TestPki.ClientAuthentication];
        return new EdgeEnrollment
        {
            Id = EdgeId,
            SpiffeId = uri,
            Certificate = Issue(Platform, csr, PlatformLife, uri, ["edge.test"], usages),
            PlatformBundle = new(Epoch: 1, Pem: Platform.RootPem),
            MachineUrl = MachineUrl.AbsoluteUri,
            TrustDomain = TrustDomain,
        };
    }

    private ServerCertificateDocument Server(string csr, string domain) =>
        new()
        {
            TunnelId = TunnelId,
            Certificate = Issue(Tunnel, csr, ServerLife, null, [domain, $"*.{domain}"], [TestPki.ServerAuthentication]),
        };

    private AgentFeed AgentFeed() =>
        new()
        {
            Revision = Revision,
            Digest = $"digest-{Revision}",
            Tunnel = new()
            {
                Id = TunnelId,
                Domain = Domain,
                Status = TunnelStatus.Active,
                PublicPort = PublicPort,
                TrustBundle = TrustBundle,
            },
            Edges = Edges,
            PlatformBundle = new(Epoch: 1, Pem: Platform.RootPem),
            RevokedSerials = ["0badc0de"],
            ServerCertificateMode = Mode,
            Hostnames = Hostnames,
            AcmeChallenges = Challenges,
        };

    private EdgeFeed EdgeFeed() =>
        new()
        {
            Revision = Revision,
            Edge = new(Id: EdgeId, Name: "e", Addresses: [], DnsNames: []),
            PlatformBundle = new(Epoch: 1, Pem: Platform.RootPem),
            Tunnels = [],
            RevokedSerials = EdgeRevokedSerials,
            RevokedEnrolments = [],
        };

    private CertificateDocument Issue(
        TestPki pki,
        string csr,
        TimeSpan life,
        string? uri,
        string[] dnsNames,
        string[] usages
    )
    {
        // Certificates count in whole seconds.
        var now = time.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var leaf = pki.Certify(csr, uri, dnsNames, usages, now - TimeSpan.FromMinutes(2), now + life);
        return new CertificateDocument(
            Serial: CertificateNames.Serial(leaf),
            CertificatePem: leaf.ExportCertificatePem(),
            ChainPem: pki.ChainPem,
            NotBefore: now - TimeSpan.FromMinutes(2),
            NotAfter: now + life,
            IssuedAt: now,
            RenewAfter: now + (life * 0.6),
            RenewBefore: now + (life * 0.7),
            CaId: pki == Tunnel ? "ca_1" : null
        );
    }

    private static string Csr(RecordedRequest request) =>
        JsonSerializer.Deserialize(request.Body, WireJson.Default.CertificateSigningRequest)!.Csr;

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.Headers["request-id"] = "req_1";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type);
    }
}
