using System.Text.Json;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Configuration;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>One service with a tunnel, an active authority, and machines, for a class of tests.</summary>
public sealed class RevocationBench : IAsyncLifetime
{
    private OfflineRoot? root;

    internal MachineBench Bench { get; private set; } = null!;

    internal HttpClient Api => Bench.Service.Api;

    internal string AuthorityId { get; private set; } = "";

    internal OfflineRoot Root => root!;

    /// <summary>What else the service is to be configured with.</summary>
    internal Func<ServiceOptions, ServiceOptions> Adjust { get; init; } = options => options;

    /// <summary>What else its container is to have.</summary>
    internal Action<IServiceCollection>? Configure { get; init; }

    /// <summary>Its clock; null = one that begins with 2026.</summary>
    internal FakeTimeProvider? Time { get; init; }

    /// <summary>The authority's certificate is for server certificates alone, by extended key usage.</summary>
    internal bool IsForServersAlone { get; init; }

    public async ValueTask InitializeAsync()
    {
        Bench = await MachineBench.StartAsync(
            options =>
                Adjust(
                    options with
                    {
                        Certificates = options.Certificates with
                        {
                            SingleApproval = true,
                            RevocationShards = 4,
                            ListAlways = true,
                            ResponderAddress = ResponderAddress.Always,
                        },
                    }
                ),
            Configure,
            Time
        );
        root = new OfflineRoot(Bench.Service.Time.GetUtcNow());
        AuthorityId = await ActivateAsync("Tunnel CA");
    }

    /// <summary>An authority that issues; of the bench's tunnel, unless another one is named.</summary>
    internal async Task<string> ActivateAsync(string name, string? tunnelId = null)
    {
        var id = await StageAsync(name, tunnelId ?? Bench.TunnelId);
        await Api.PostOkAsync($"/v1/certificate_authorities/{id}/activate");
        return id;
    }

    /// <summary>An authority that is approved, and so in the tunnel's trust bundle.</summary>
    internal async Task<string> StageAsync(string name, string tunnelId)
    {
        var (id, chain) = await RequestAsync(name, tunnelId);
        var path = $"/v1/certificate_authorities/{id}";
        var fingerprint = OfflineRoot.Fingerprint(chain);
        await Api.PostOkAsync(path + "/chain", JsonSerializer.Serialize(new { chain_pem = chain, fingerprint }));
        await Api.PostOkAsync(path + "/approve", JsonSerializer.Serialize(new { fingerprint }));
        return id;
    }

    /// <summary>A registered authority, and the chain by which the enterprise answers its request.</summary>
    internal async Task<(string Id, string Chain)> RequestAsync(string name, string tunnelId)
    {
        var created = await Api.PostOkAsync(
            "/v1/certificate_authorities",
            JsonSerializer.Serialize(
                new
                {
                    name,
                    tunnel_id = tunnelId,
                    custody = "sealed",
                }
            )
        );
        var csr = await Api.GetOkAsync($"/v1/certificate_authorities/{created.Id()}/csr");
        return (created.Id(), Root.Sign(csr.Text("csr_pem"), purpose: IsForServersAlone ? "1.3.6.1.5.5.7.3.1" : null));
    }

    internal Task<JsonElement> RevokeAsync(object body) =>
        Api.PostOkAsync("/v1/certificates/revoke", JsonSerializer.Serialize(body));

    /// <summary>A server certificate of a new agent.</summary>
    internal async Task<(JsonElement Certificate, HttpClient Machine)> ServeAsync(string instance)
    {
        var (_, machine) = await Bench.JoinAsync(Bench.AgentToken(), instance);
        var answer = await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
        return (answer.GetProperty("certificate"), machine);
    }

    public async ValueTask DisposeAsync()
    {
        root?.Dispose();
        await Bench.DisposeAsync();
    }
}
