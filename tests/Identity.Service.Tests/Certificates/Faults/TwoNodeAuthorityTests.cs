using System.Net;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Dapper;
using Shouldly;
using CKR = Net.Pkcs11Interop.Common.CKR;

namespace Culvert.Identity.Service.Tests.Certificates.Faults;

/// <summary>Two nodes on one PostgreSQL do the same at the same time: it happens once.</summary>
public sealed class TwoNodeAuthorityTests : IDisposable
{
    // CKR_DEVICE_ERROR
    private readonly ManualResetEventSlim answered = new();
    private bool isAway = true;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MakeKey_OnBothNodesAtOnce_OneKeyUnderOneLabel()
    {
        SoftHsm.Ensure();
        await using var bench = await StartAsync(o =>
            o with
            {
                Pkcs11 = new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin)
                {
                    Limit = TimeSpan.FromSeconds(50),
                    Probe = Hold,
                },
            }
        );
        await using var other = await bench.Service.JoinAsync("node-2");
        var failed = await bench
            .Api.PostAsync("/v1/certificate_authorities", bench.CreateBody("pkcs11"))
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "signer.unavailable");
        var id = failed.GetProperty("details").Text("ca_id")!;
        isAway = false;

        // The first node's call is held in the token until the second one has its answer.
        var answers = await Task.WhenAll(
            new[] { bench.Api, other.Api }.Select(node =>
                Task.Run(
                    async () =>
                    {
                        var answer = await node.PostAsync(AuthorityBench.Path(id, "key"), null);
                        answered.Set();
                        return answer;
                    },
                    Cancel
                )
            )
        );

        answers.Select(answer => answer.StatusCode).ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict], true);
        var refused = answers.Single(answer => !answer.IsSuccessStatusCode);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("ca.state");
        (await bench.StateAsync(id)).ShouldBe("csr_issued");
        var token = new Pkcs11Token(new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin));
        token.Describe("culvert-ca-" + id).ShouldNotBeNull().PolicyError.ShouldBeNull();
        (await EventsAsync(bench, id, AuditEvents.AuthorityKeyMade)).ShouldBe(1);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    // A node that died while it created the key: no other node may continue for a minute, then any node may.
    [Fact]
    public async Task MakeKey_ClaimOfANodeThatDied_RunsOut()
    {
        SoftHsm.Ensure();
        await using var bench = await AuthorityBench.StartAsync(options: o =>
            o with
            {
                Pkcs11 = new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin) { Probe = Fail },
            }
        );
        var failed = await bench
            .Api.PostAsync("/v1/certificate_authorities", bench.CreateBody("pkcs11"))
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "signer.unavailable");
        var id = failed.GetProperty("details").Text("ca_id")!;
        isAway = false;
        CertificateAuthorityId.TryParse(id, out var parsed).ShouldBeTrue();
        var now = bench.Service.Time.GetUtcNow();
        var claim = bench
            .Service.Get<TunnelAuthorityStore>()
            .ClaimKey(parsed, "of another node", now, now + AuthorityPreparation.ClaimLife);
        (
            await bench.Service.Get<IJournal>().CommitAsync(new Decision { Statements = [claim] }, Cancel)
        ).IsCommitted.ShouldBeTrue();

        await bench.Run(id, "key").ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        bench.Service.Time.Advance(AuthorityPreparation.ClaimLife);

        (await bench.RunOkAsync(id, "key")).ShouldBe("csr_issued");
    }

    [Fact]
    public async Task Activate_OnBothNodesAtOnce_OneIsActive()
    {
        await using var bench = await StartAsync();
        await using var other = await bench.Service.JoinAsync("node-2");
        var first = await bench.ApprovedAsync(name: "First");
        (await bench.StateAsync(first)).ShouldBe("active");
        var second = await bench.ApprovedAsync(name: "Second");
        (await bench.StateAsync(second)).ShouldBe("staged");

        await Task.WhenAll(
            new[] { bench.Api, other.Api }.Select(node =>
                Task.Run(
                    async () => (await node.PostAsync(AuthorityBench.Path(second, "activate"), null)).Dispose(),
                    Cancel
                )
            )
        );

        (await bench.StateAsync(second)).ShouldBe("active");
        (await bench.StateAsync(first)).ShouldBe("retiring");
        (await EventsAsync(bench, second, AuditEvents.AuthorityActivated)).ShouldBe(1);
    }

    [Fact]
    public async Task Rotate_OnBothNodesAtOnce_OneSuccessorAndOneSwitch()
    {
        await using var bench = await StartAsync(o =>
            o with
            {
                Certificates = o.Certificates with { ServerLife = TimeSpan.FromMinutes(5) },
            }
        );
        await using var other = await bench.Service.JoinAsync("node-2");
        ServiceUnderTest[] nodes = [bench.Service, other];
        var first = await ActiveAsync(bench, TimeSpan.FromMinutes(60));
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));

        await RotateAsync();

        var successor = (await ListAsync()).Where(item => item.Id != first).ShouldHaveSingleItem();
        successor.State.ShouldBe("csr_issued");
        var chain = await bench.SignedAsync(successor.Id);
        (await bench.Upload(successor.Id, chain)).Dispose();
        (await bench.Approve(successor.Id, chain)).Dispose();
        (await bench.StateAsync(successor.Id)).ShouldBe("staged");
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(20));

        await RotateAsync();

        (await bench.StateAsync(successor.Id)).ShouldBe("active");
        (await bench.StateAsync(first)).ShouldBeOneOf("retiring", "retired");
        (await EventsAsync(bench, successor.Id, AuditEvents.AuthorityKeyMade)).ShouldBe(1);
        (await EventsAsync(bench, successor.Id, AuditEvents.AuthorityActivated)).ShouldBe(1);

        await RotateAsync();
        (await bench.StateAsync(first)).ShouldBe("retired");
        (await EventsAsync(bench, first, AuditEvents.AuthorityWithdrawn)).ShouldBe(1);
        (await ListAsync()).Count.ShouldBe(2);

        Task RotateAsync() =>
            Task.WhenAll(
                nodes.Select(node =>
                    Task.Run(
                        async () =>
                        {
                            await node.Get<SuccessorSteps>().RunAsync(Cancel);
                            await node.Get<RotationSteps>().RunAsync(Cancel);
                        },
                        Cancel
                    )
                )
            );

        async Task<List<(string Id, string State)>> ListAsync() =>
            [
                .. (await bench.Api.GetOkAsync($"/v1/certificate_authorities?tunnel_id={bench.Machines.TunnelId}"))
                    .GetProperty("data")
                    .EnumerateArray()
                    .Select(item => (item.Id(), item.Text("state")!)),
            ];
    }

    [Fact]
    public async Task Sweep_OnBothNodesAtOnce_VoidsEachIntentOnce()
    {
        await using var bench = await StartAsync();
        await using var other = await bench.Service.JoinAsync("node-2");
        await bench.ApprovedAsync();
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        var issued = await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
        var serial = issued.GetProperty("certificate").Text("serial");

        // As a crash between the two commits leaves it.
        using (var connection = bench.Service.Get<Database>().OpenWrite())
        {
            connection.Execute(
                "UPDATE certificates SET status = 'intent', certificate = NULL, fingerprint = NULL WHERE serial = @serial",
                new { serial }
            );
        }

        bench.Service.Time.Advance(OrphanSweep.IntentLife + TimeSpan.FromSeconds(1));
        await Task.WhenAll(
            new[] { bench.Service, other }.Select(node =>
                Task.Run(() => node.Get<OrphanSweep>().RunOldAsync(Cancel), Cancel)
            )
        );

        using (var connection = bench.Service.Get<Database>().OpenWrite())
        {
            connection
                .QuerySingle<string>("SELECT status FROM certificates WHERE serial = @serial", new { serial })
                .ShouldBe("void");
        }

        (await EventsAsync(bench, serial!, AuditEvents.CertificateVoided)).ShouldBe(1);
    }

    public void Dispose() => answered.Dispose();

    private static Task<AuthorityBench> StartAsync(Func<ServiceOptions, ServiceOptions>? options = null) =>
        AuthorityBench.StartAsync(options: o =>
        {
            o = o with { Storage = ServiceUnderTest.OptionsIn(o.StateDirectory, StorageBackend.Postgres).Storage };
            return options?.Invoke(o) ?? o;
        });

    private static async Task<string> ActiveAsync(AuthorityBench bench, TimeSpan life)
    {
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id, life);
        (await bench.Upload(id, chain)).Dispose();
        (await bench.Approve(id, chain)).Dispose();
        (await bench.StateAsync(id)).ShouldBe("active");
        return id;
    }

    private static async Task<int> EventsAsync(AuthorityBench bench, string about, string name) =>
        (await bench.EventsAsync(about)).Count(entry => entry.Contains($"\"{name}\"", StringComparison.Ordinal));

    private void Fail(string function)
    {
        if (isAway && function == "C_GenerateKeyPair")
        {
            throw new Pkcs11Exception(function, CKR.CKR_DEVICE_ERROR);
        }
    }

    private void Hold(string function)
    {
        Fail(function);
        if (function == "C_GenerateKeyPair")
        {
            answered.Wait(Eventually.Limit, Cancel);
        }
    }
}
