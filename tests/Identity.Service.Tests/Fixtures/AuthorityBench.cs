using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A service with a tunnel, an enterprise's root, and people who register authorities.</summary>
internal sealed class AuthorityBench : IAsyncDisposable
{
    private AuthorityBench(MachineBench machines, OfflineRoot root, ScriptedGate gate, ScriptedAnchors publicAnchors)
    {
        Machines = machines;
        Root = root;
        Gate = gate;
        PublicAnchors = publicAnchors;
    }

    public MachineBench Machines { get; }

    public OfflineRoot Root { get; }

    public ScriptedGate Gate { get; }

    public ScriptedAnchors PublicAnchors { get; }

    public ServiceUnderTest Service => Machines.Service;

    public HttpClient Api => Service.Api;

    public static async Task<AuthorityBench> StartAsync(
        bool singleApproval = true,
        Func<ServiceOptions, ServiceOptions>? options = null,
        Action<IServiceCollection>? configure = null
    )
    {
        var gate = new ScriptedGate();
        var anchors = new ScriptedAnchors();
        var machines = await MachineBench.StartAsync(
            o =>
            {
                o = o with { Certificates = o.Certificates with { SingleApproval = singleApproval } };
                return options?.Invoke(o) ?? o;
            },
            services =>
            {
                services.AddSingleton<IActivationGate>(gate);
                services.AddSingleton<IPublicAnchors>(anchors);
                configure?.Invoke(services);
            }
        );
        return new AuthorityBench(machines, new OfflineRoot(machines.Service.Time.GetUtcNow()), gate, anchors);
    }

    /// <summary>A person with a key of his own, or a key that <paramref name="madeWith"/> made.</summary>
    public Task<(HttpClient Client, string KeyId)> PersonAsync(
        string name,
        string? madeWith = null,
        KeyOwner? owner = null
    ) => PersonKeys.AddAsync(Service, Machines.OrganizationId, name, madeWith, owner);

    public async Task<string> CreateAsync(string custody = "sealed", string name = "Tunnel authority") =>
        (await Api.PostOkAsync("/v1/certificate_authorities", CreateBody(custody, name))).Id();

    public string CreateBody(string custody = "sealed", string name = "Tunnel authority") =>
        JsonSerializer.Serialize(
            new
            {
                name,
                tunnel_id = Machines.TunnelId,
                custody,
            }
        );

    public async Task<string> CsrAsync(string id) => (await Api.GetOkAsync(Path(id, "csr"))).Text("csr_pem")!;

    public async Task<string> SignedAsync(string id, TimeSpan? life = null) =>
        Root.Sign(await CsrAsync(id), life ?? TimeSpan.FromDays(365));

    public Task<HttpResponseMessage> Upload(
        string id,
        string chain,
        HttpClient? by = null,
        bool publicAnchor = false
    ) =>
        (by ?? Api).PostAsync(
            Path(id, "chain"),
            JsonSerializer.Serialize(
                new
                {
                    chain_pem = chain,
                    fingerprint = OfflineRoot.Fingerprint(chain),
                    allow_public_anchor = publicAnchor,
                }
            )
        );

    public Task<HttpResponseMessage> Approve(string id, string chain, HttpClient? by = null) =>
        (by ?? Api).PostAsync(
            Path(id, "approve"),
            JsonSerializer.Serialize(new { fingerprint = OfflineRoot.Fingerprint(chain) })
        );

    public Task<HttpResponseMessage> Run(string id, string command, object? body = null, HttpClient? by = null) =>
        (by ?? Api).PostAsync(Path(id, command), body is null ? null : JsonSerializer.Serialize(body));

    /// <summary>The state after a command that succeeds.</summary>
    public async Task<string> RunOkAsync(string id, string command, object? body = null, HttpClient? by = null)
    {
        using var response = await Run(id, command, body, by);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonDocument.Parse(text).RootElement.Text("state")!;
    }

    public async Task<JsonElement> ShowAsync(string id) => await Api.GetOkAsync(Path(id));

    public async Task<string> StateAsync(string id) => (await ShowAsync(id)).Text("state")!;

    /// <summary>A new authority, as far as approval brings it: active if it is the first, else staged.</summary>
    public async Task<string> ApprovedAsync(string custody = "sealed", string name = "Tunnel authority")
    {
        var id = await CreateAsync(custody, name);
        var chain = await SignedAsync(id);
        (await Upload(id, chain)).Dispose();
        using var approved = await Approve(id, chain);
        approved.IsSuccessStatusCode.ShouldBeTrue(
            await approved.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        return id;
    }

    /// <summary>A certificate that is only trusted, approved.</summary>
    public async Task<string> ApprovedAnchorAsync(string pem)
    {
        var id = await CreateAsync("trust_only");
        (await Upload(id, pem)).Dispose();
        using var approved = await Approve(id, pem);
        approved.IsSuccessStatusCode.ShouldBeTrue();
        return id;
    }

    public async Task<long> EpochAsync() =>
        (await Api.GetOkAsync($"/v1/tunnels/{Machines.TunnelId}/trust_bundle")).GetProperty("epoch").GetInt64();

    public async Task<string> BundleAsync() =>
        (await Api.GetOkAsync($"/v1/tunnels/{Machines.TunnelId}/trust_bundle")).Text("pem")!;

    /// <summary>The names of an authority's events, oldest first.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync(string id) =>
        [
            .. (await Api.GetOkAsync("/v1/audit?limit=1000"))
                .GetProperty("data")
                .EnumerateArray()
                .Where(entry => entry.GetRawText().Contains(id, StringComparison.Ordinal))
                .Select(entry => entry.GetRawText())
                .Reverse(),
        ];

    public static string Path(string id, string? command = null) =>
        $"/v1/certificate_authorities/{id}" + (command is null ? "" : "/" + command);

    public async ValueTask DisposeAsync()
    {
        Root.Dispose();
        await Machines.DisposeAsync();
    }

    internal sealed class ScriptedGate : IActivationGate
    {
        public List<ActivationBlocker> Blockers { get; } = [];

        public ValueTask<IReadOnlyList<ActivationBlocker>> BlockersAsync(
            TunnelAuthority authority,
            CancellationToken cancellationToken
        ) => new(Blockers.ToArray());
    }

    internal sealed class ScriptedAnchors : IPublicAnchors
    {
        public HashSet<string> Keys { get; } = [];

        public void Add(ECDsa key) => Keys.Add(Hash(key.ExportSubjectPublicKeyInfo()));

        public void Add(byte[] publicKey) => Keys.Add(Hash(publicKey));

        public bool Holds(ParsedCertificate certificate) =>
            certificate.PublicKey is { } key && Keys.Contains(Hash(key.Encoded.Span));

        private static string Hash(ReadOnlySpan<byte> key) => Convert.ToHexStringLower(SHA256.HashData(key));
    }
}
