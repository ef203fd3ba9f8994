using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A service with one tunnel, and agents and edges that enrol with it over real TLS.</summary>
internal sealed class MachineBench : IAsyncDisposable
{
    private readonly List<HttpClient> clients = [];
    private bool arePaused; // the service's jobs

    private MachineBench(ServiceUnderTest service, string organizationId, string workspaceId, JsonElement tunnel)
    {
        Service = service;
        OrganizationId = organizationId;
        WorkspaceId = workspaceId;
        Tunnel = tunnel;
    }

    public ServiceUnderTest Service { get; }

    public string OrganizationId { get; }

    public string WorkspaceId { get; }

    public JsonElement Tunnel { get; }

    public string TunnelId => Tunnel.Id();

    public MachineTokens Tokens => Service.Get<MachineTokens>();

    public ScriptedFederation Federation => Service.Get<ScriptedFederation>();

    public static async Task<MachineBench> StartAsync(
        Func<ServiceOptions, ServiceOptions>? options = null,
        Action<IServiceCollection>? configure = null,
        FakeTimeProvider? time = null
    )
    {
        var service = await ServiceUnderTest.StartAsync(
            services =>
            {
                services.AddSingleton<MachineTokens>();
                services.AddSingleton<IAccessTokenValidator>(p => p.GetRequiredService<MachineTokens>());
                services.AddSingleton<ScriptedFederation>();
                services.AddSingleton<IFederationValidity>(p => p.GetRequiredService<ScriptedFederation>());
                configure?.Invoke(services);
            },
            options,
            time
        );
        var organization = await service.Api.GetOkAsync("/v1/organizations/current");
        var workspaces = await service.Api.GetOkAsync("/v1/organizations/workspaces");
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", "{}");
        service.Get<ScriptedFederation>().Name(tunnel.Id());
        return new MachineBench(service, organization.Id(), workspaces.GetProperty("data")[0].Id(), tunnel);
    }

    /// <summary>An access token as a rule for agents gives it.</summary>
    public string AgentToken(
        string subject = "agent-a",
        string rule = "fdrl_agents",
        string[]? tunnels = null,
        string? organization = null,
        string? workspace = null,
        string scope = Scopes.TunnelAgent
    ) =>
        Tokens.Add(
            CallerOf(subject, rule, scope) with
            {
                OrganizationId = organization ?? OrganizationId,
                WorkspaceId = workspace ?? WorkspaceId,
                TunnelIds = (tunnels ?? [TunnelId]).ToHashSet(),
            }
        );

    public string EdgeToken(string edgeId, string rule = "fdrl_edges")
    {
        Federation.Name(edgeId);
        return Tokens.Add(CallerOf("edge", rule, Scopes.EdgeServe) with { EdgeIds = new HashSet<string> { edgeId } });
    }

    public Task<HttpResponseMessage> EnrollAsync(string bearer, string instance = "one", string? csr = null)
    {
        using var key = CertificateRequests.NewKey();
        return Post(bearer, "/v1/agent/enrollments", Body(instance, csr ?? CertificateRequests.Create(key)));
    }

    public Task<HttpResponseMessage> EnrollEdgeAsync(string bearer, string edgeId, string csr) =>
        Post(bearer, "/v1/edge/enrollments", JsonSerializer.Serialize(new { edge_id = edgeId, csr }));

    /// <summary>Enrols and keeps the key: a machine that can call 8444.</summary>
    /// <param name="bearer">Its credential.</param>
    /// <param name="instance">Its instance id.</param>
    /// <param name="tunnelId">Null = the tunnel of the bench.</param>
    /// <param name="node">The node that the machine calls; null = the service of the bench.</param>
    public async Task<(AgentEnrollment Enrollment, HttpClient Machine)> JoinAsync(
        string bearer,
        string instance = "one",
        string? tunnelId = null,
        ServiceUnderTest? node = null
    )
    {
        var key = CertificateRequests.NewKey();
        using var response = await Post(
            bearer,
            "/v1/agent/enrollments",
            Body(instance, CertificateRequests.Create(key), tunnelId)
        );
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var enrollment = JsonSerializer.Deserialize(body, WireJson.Default.AgentEnrollment)!;
        return (enrollment, Machine(enrollment.Certificate, key, node));
    }

    public async Task<(EdgeEnrollment Enrollment, HttpClient Machine)> JoinEdgeAsync(string bearer, string edgeId)
    {
        var key = CertificateRequests.NewKey();
        using var response = await EnrollEdgeAsync(bearer, edgeId, CertificateRequests.Create(key));
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var enrollment = JsonSerializer.Deserialize(body, WireJson.Default.EdgeEnrollment)!;
        return (enrollment, Machine(enrollment.Certificate, key));
    }

    /// <summary>A client of 8444 with that certificate and its chain; it trusts the service's present one alone.</summary>
    public HttpClient Machine(CertificateDocument certificate, AsymmetricAlgorithm key, ServiceUnderTest? node = null)
    {
        var pair = KeyAndCertificate.Create(certificate, key);
        var client = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    ClientCertificateContext = pair.Context,
                    RemoteCertificateValidationCallback = (_, server, chain, _) => Trusts(server, chain),
                },
                UseProxy = false,
            }
        )
        {
            BaseAddress = (node ?? Service).MachineUrl,
        };
        clients.Add(client);
        return client;
    }

    /// <summary><c>{"csr": …}</c> for a new key.</summary>
    public static string CsrBody()
    {
        using var key = CertificateRequests.NewKey();
        return JsonSerializer.Serialize(new { csr = CertificateRequests.Create(key) });
    }

    /// <summary>Moves the clock, and renews the service's own certificates where they fall due on the way.</summary>
    public async Task PassAsync(TimeSpan by)
    {
        var step = TimeSpan.FromMinutes(11); // a long leap, in few steps
        var renewal = Service.Services.GetServices<IHostedService>().OfType<ServiceCertificateRenewal>().Single();
        for (var left = by; left > TimeSpan.Zero; left -= step)
        {
            Service.Time.Advance(left < step ? left : step);
            await renewal.RenewAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Moves the clock at once: nothing happens on the way, and what is due at the end is done.</summary>
    public async Task JumpAsync(TimeSpan by)
    {
        if (!arePaused)
        {
            arePaused = true;
            await Service.PauseJobsAsync();
        }

        Service.Time.JumpTo(Service.Time.GetUtcNow() + by);
        var renewal = Service.Services.GetServices<IHostedService>().OfType<ServiceCertificateRenewal>().Single();
        await renewal.RenewAsync(TestContext.Current.CancellationToken);
    }

    public async Task<string> TunnelTokenAsync() =>
        (await Service.Api.PostOkAsync($"/v1/tunnels/{TunnelId}/reveal_token")).Text("tunnel_token")!;

    public Task<JsonElement> SetTunnelAsync(object settings) =>
        Service.Api.PostOkAsync($"/v1/tunnels/{TunnelId}", JsonSerializer.Serialize(settings));

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await Service.DisposeAsync();
    }

    // As a machine does it: the platform's roots, and the service's own identity.
    private bool Trusts(X509Certificate? server, X509Chain? chain)
    {
        PlatformTrust
            .TryCreate(Service.Options.TrustDomain, Service.Get<PlatformCa>().Bundle.Pem, out var trust)
            .ShouldBeTrue();
        return new PeerVerifier(trust)
            .Verify((X509Certificate2?)server, chain, PeerRole.Service, Service.Time.GetUtcNow())
            .IsAccepted;
    }

    private Caller CallerOf(string subject, string rule, string scope) =>
        new()
        {
            Kind = CallerKind.AccessToken,
            OrganizationId = OrganizationId,
            WorkspaceId = WorkspaceId,
            Scopes = new HashSet<string> { scope },
            ActorId = "svac_test",
            CredentialHash = "",
            IssuerId = "fdis_test",
            RuleId = rule,
            RuleVersion = 1,
            ServiceAccountId = "svac_test",
            Subject = subject,
        };

    private string Body(string instance, string csr, string? tunnelId = null) =>
        JsonSerializer.Serialize(
            new
            {
                tunnel_id = tunnelId ?? TunnelId,
                instance_id = instance,
                csr,
            }
        );

    private async Task<HttpResponseMessage> Post(string bearer, string path, string json)
    {
        using var client = Service.Client(bearer);
        return await client.PostAsync(path, json);
    }
}
