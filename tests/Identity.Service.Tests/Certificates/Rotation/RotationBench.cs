using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation;

/// <summary>A tunnel whose authorities rotate, with an enterprise root, agents and relying parties.</summary>
internal sealed class RotationBench : IAsyncDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private RotationBench(MachineBench machines)
    {
        Machines = machines;
        Root = new OfflineRoot(machines.Service.Time.GetUtcNow());
    }

    public MachineBench Machines { get; }

    public OfflineRoot Root { get; private set; }

    public ServiceUnderTest Service => Machines.Service;

    public static async Task<RotationBench> StartAsync(
        TimeSpan? propagation = null,
        TimeSpan? leafLife = null,
        string[]? signing = null,
        Func<CertificateOptions, CertificateOptions>? certificates = null,
        Func<ServiceOptions, ServiceOptions>? service = null
    ) =>
        new(
            await MachineBench.StartAsync(options =>
            {
                var own = options.Certificates with
                {
                    SingleApproval = true,
                    Propagation = propagation ?? TimeSpan.Zero,
                    ServerLife = leafLife ?? options.Certificates.ServerLife,
                    SigningCommand = signing ?? [],
                };
                options = options with { Certificates = certificates?.Invoke(own) ?? own };
                return service?.Invoke(options) ?? options;
            })
        );

    /// <summary>From the registration to the approval: staged, or active when it is the first.</summary>
    public async Task<string> ApprovedAsync(
        string state,
        TimeSpan? life = null,
        string? tunnelId = null,
        string custody = "sealed"
    )
    {
        var id = (
            await Service.Api.PostOkAsync(
                "/v1/certificate_authorities",
                JsonSerializer.Serialize(
                    new
                    {
                        name = "issuing",
                        tunnel_id = tunnelId ?? Machines.TunnelId,
                        custody,
                    }
                )
            )
        ).Id();
        var chain = Root.Sign((await Service.Api.GetOkAsync(Path(id, "csr"))).Text("csr_pem")!, life);
        var fingerprint = OfflineRoot.Fingerprint(chain);
        await Service.Api.PostOkAsync(
            Path(id, "chain"),
            JsonSerializer.Serialize(new { chain_pem = chain, fingerprint })
        );
        var approved = await Service.Api.PostOkAsync(
            Path(id, "approve"),
            JsonSerializer.Serialize(new { fingerprint })
        );
        approved.Text("state").ShouldBe(state);
        return id;
    }

    /// <summary>Every authority of the tunnel, newest first.</summary>
    public async Task<IReadOnlyList<(string Id, string State)>> StatesAsync(string? tunnelId = null) =>
        [
            .. (
                await Service.Api.GetOkAsync(
                    $"/v1/certificate_authorities?tunnel_id={tunnelId ?? Machines.TunnelId}&include_archived=true"
                )
            )
                .GetProperty("data")
                .EnumerateArray()
                .Select(item => (item.Id(), item.Text("state")!)),
        ];

    public async Task<string> StateAsync(string id) => (await Service.Api.GetOkAsync(Path(id))).Text("state")!;

    public Task<JsonElement> RotationAsync(string id) => Service.Api.GetOkAsync(Path(id, "rotation"));

    /// <summary>A relying party and a client with its credential.</summary>
    public async Task<(string Id, HttpClient Client)> RelyingPartyAsync(string name)
    {
        var created = await Service.Api.PostOkAsync(
            $"/v1/tunnels/{Machines.TunnelId}/relying_parties",
            JsonSerializer.Serialize(new { name })
        );
        return (created.Id(), Service.Client(created.Text("credential")!));
    }

    /// <summary>Fetches the bundle, takes it into use, says so. The anchors are what it holds from then on.</summary>
    public async Task<X509Certificate2Collection> FetchAsync(HttpClient relyingParty)
    {
        var path = $"/v1/tunnels/{Machines.TunnelId}/trust_bundle";
        var bundle = await relyingParty.GetOkAsync(path);
        var epoch = bundle.GetProperty("epoch").GetInt64();
        await relyingParty.PostOkAsync(path + "/acknowledgements", JsonSerializer.Serialize(new { epoch }));
        X509Certificate2Collection anchors = [];
        anchors.ImportFromPem(bundle.Text("pem"));
        return anchors;
    }

    /// <summary>What an agent does after a change: feed, then report. Gives the epoch.</summary>
    public static async Task<long> FollowAsync(HttpClient agent, string platformSerial, string? serverSerial = null)
    {
        var feed = await agent.GetOkAsync("/v1/agent/feed");
        var epoch = feed.GetProperty("tunnel").GetProperty("trust_bundle").GetProperty("epoch").GetInt64();
        await ReportAsync(agent, platformSerial, epoch, serverSerial);
        return epoch;
    }

    public static async Task ReportAsync(HttpClient agent, string platformSerial, long epoch, string? serverSerial)
    {
        using var answer = await agent.PostAsync(
            "/v1/agent/reports",
            JsonSerializer.Serialize(
                new
                {
                    revision = 1,
                    epochs = new { platform = 1, trust_bundle = epoch },
                    serials = new { platform = platformSerial, server = serverSerial },
                    version = "1",
                    routes = Array.Empty<object>(),
                }
            )
        );
        answer.IsSuccessStatusCode.ShouldBeTrue();
    }

    /// <summary>The enterprise changes its root: from now on the other one signs.</summary>
    public void SwapRoot()
    {
        Root.Dispose();
        Root = new OfflineRoot(Service.Time.GetUtcNow());
    }

    public Task RefusedAsync(string id) =>
        Service.Api.PostAsync(Path(id, "activate"), null).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");

    public Task StepAsync() => Service.Get<RotationSteps>().RunAsync(Cancel);

    /// <summary>As an operator's command would, whichever commands the interface has.</summary>
    public async Task MoveAsync(string id, AuthorityState from, AuthorityState to)
    {
        CertificateAuthorityId.TryParse(id, out var parsed).ShouldBeTrue();
        var moved = await Service
            .Get<AuthorityLifecycle>()
            .MoveAsync(parsed, from, to, AuthorityMove.BySystem("test"), Cancel);
        moved.Refusal.ShouldBeNull();
    }

    public static string Path(string id, string? command = null) =>
        $"/v1/certificate_authorities/{id}" + (command is null ? "" : "/" + command);

    public async ValueTask DisposeAsync()
    {
        Root.Dispose();
        await Machines.DisposeAsync();
    }
}
