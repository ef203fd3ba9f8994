using System.Net;
using System.Text.Json;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Hsm;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Health;
using Culvert.Testing;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Faults;

/// <summary>
/// An HSM that hangs, is slow, logs out or loses a key, at every step at which an authority needs it: a refusal that says
/// when to try again, nothing that leaves without a record, and no hand when it is back.
/// </summary>
public sealed class HsmFaultTests
{
    // Of calls that begin while a test holds some back. Others have all the time that a busy machine needs.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    // What is not released hangs until the process ends, as it would in a vendor's library.
    private volatile TaskCompletionSource released = new();
    private volatile string? held;
    private volatile int removals;
    private volatile int closed;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_KeyGenerationHangs_IsRefusedInTimeAndGoesOnLater()
    {
        await using var bench = await StartAsync();
        var id = await DraftAsync(bench);

        // The call may still create a key: for as long as its claim is valid, no other call creates one.
        await bench.Run(id, "key").ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        bench.Service.Time.Advance(AuthorityPreparation.ClaimLife);

        (await bench.RunOkAsync(id, "key")).ShouldBe("csr_issued");
    }

    // The late call is between its key and that key's removal while the next one makes its own.
    [Fact]
    public async Task Create_KeyGenerationComesBackLate_NobodyReliesOnTheKeyThatIsRemoved()
    {
        await using var bench = await StartAsync();
        var id = await DraftAsync(bench);
        var (generation, removal) = (released, new TaskCompletionSource());
        (held, released) = ("C_DestroyObject", removal);
        generation.SetResult();
        await Eventually.UntilAsync(() => removals > 0, Cancel);
        bench.Service.Time.Advance(AuthorityPreparation.ClaimLife);

        (await bench.RunOkAsync(id, "key")).ShouldBe("csr_issued");

        held = null;
        removal.SetResult();
        await Eventually.UntilAsync(() => closed > 0, Cancel);
        var chain = await bench.SignedAsync(id);
        (await bench.Upload(id, chain)).Dispose();
        (await bench.Approve(id, chain)).Dispose();
        (await bench.StateAsync(id)).ShouldBe("active");
    }

    // What hangs is the step that gives the key its name: it is there before the next one, or after it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Create_KeyIsNamedLate_OneKeyUnderOneLabel(bool isFirst)
    {
        await using var bench = await StartAsync();
        var id = await DraftAsync(bench, "C_SetAttributeValue");
        var token = new Pkcs11Token(SettingsOf(SoftHsm.Token));
        bench.Service.Time.Advance(AuthorityPreparation.ClaimLife);
        if (isFirst)
        {
            released.SetResult();
            await Eventually.UntilAsync(() => token.Describe("culvert-ca-" + id) is not null, Cancel);
        }

        (await bench.RunOkAsync(id, "key")).ShouldBe("csr_issued");

        if (!isFirst)
        {
            released.SetResult();
            await Eventually.UntilAsync(() => closed > 0, Cancel);
        }

        token.Describe("culvert-ca-" + id).ShouldNotBeNull().PolicyError.ShouldBeNull();
        removals.ShouldBe(isFirst ? 0 : 1);
        var chain = await bench.SignedAsync(id);
        (await bench.Upload(id, chain)).Dispose();
        (await bench.StateAsync(id)).ShouldBe("verified");
    }

    [Fact]
    public async Task UploadAndApprove_HsmHangs_AreRefusedInTimeAndGoOnLater()
    {
        await using var bench = await StartAsync();
        var id = await bench.CreateAsync("pkcs11");
        var chain = await bench.SignedAsync(id);

        held = "C_Sign";
        await RefusedAsync(bench.Upload(id, chain));
        held = null;
        (await bench.StateAsync(id)).ShouldBe("cert_uploaded");
        (await bench.Upload(id, chain)).Dispose();
        (await bench.StateAsync(id)).ShouldBe("verified");

        held = "C_Sign";
        await RefusedAsync(bench.Approve(id, chain));
        held = null;
        (await bench.StateAsync(id)).ShouldBe("verified");
        (await bench.Approve(id, chain)).Dispose();
        (await bench.StateAsync(id)).ShouldBe("active");
    }

    [Fact]
    public async Task Issue_HsmHangs_IsRefusedWithoutACertificateAndTheNextOneIsIssued()
    {
        await using var bench = await StartAsync();
        await bench.ApprovedAsync("pkcs11");
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        var body = MachineBench.CsrBody();
        // A list that is begun while the HSM hangs would try it too, and for as long as one call tries it, others wait.
        await bench.Service.Get<RevocationListPublisher>().PublishDueAsync(Cancel);

        held = "C_Sign";
        await RefusedAsync(machine.PostAsync("/v1/agent/server_certificates", body));

        // Everything that needs no HSM continues: the platform's own certificates, sealed authorities, all reads.
        await bench.Machines.JoinAsync(bench.Machines.AgentToken("agent-b"), "two");
        held = null;
        Statuses(bench).ShouldBe(["void"]);

        // The same request again, while the first call still hangs.
        var serial = (await machine.PostOkAsync("/v1/agent/server_certificates", body))
            .GetProperty("certificate")
            .Text("serial");
        Statuses(bench).Order(StringComparer.Ordinal).ShouldBe(["issued", "void"]);
        serial.ShouldNotBeNull();
    }

    [Fact]
    public async Task Issue_HsmLoggedOutInBetween_GoesOnUnaided()
    {
        await using var bench = await StartAsync(SoftHsm.LossyToken);
        await bench.ApprovedAsync("pkcs11");
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());

        for (var round = 0; round < 3; round++)
        {
            SoftHsm.LoseSessions();
            await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
        }

        Statuses(bench).ShouldBe(["issued", "issued", "issued"]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Issue_SlowHsm_IssuesToEverybody()
    {
        await using var bench = await StartAsync(slow: TimeSpan.FromMilliseconds(200));
        await bench.ApprovedAsync("pkcs11");
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());

        var serials = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody()))
        );

        serials.Select(one => one.GetProperty("certificate").Text("serial")).Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public async Task Issue_KeyIsGone_IsRefusedAndTheListsOfOthersAreSigned()
    {
        await using var bench = await StartAsync();
        var id = await bench.ApprovedAsync("pkcs11");
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
        var other = (await bench.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var created = await bench.Api.PostOkAsync(
            "/v1/certificate_authorities",
            JsonSerializer.Serialize(new { name = "Sealed", tunnel_id = other })
        );
        var chain = await bench.SignedAsync(created.Id());
        (await bench.Upload(created.Id(), chain)).Dispose();
        (await bench.Approve(created.Id(), chain)).Dispose();
        await bench.Service.Get<RevocationListPublisher>().PublishDueAsync(Cancel);
        Sql(bench, "UPDATE revocation_lists SET wanted = wanted + 1");

        new Pkcs11Token(SettingsOf(SoftHsm.Token)).Destroy("culvert-ca-" + id);

        await RefusedAsync(machine.PostAsync("/v1/agent/server_certificates", MachineBench.CsrBody()));
        Statuses(bench).Order(StringComparer.Ordinal).ShouldBe(["issued", "void"]);
        // Now, or in the service's own round a moment ago.
        await bench.Service.Get<RevocationListPublisher>().PublishDueAsync(Cancel);
        using var connection = bench.Service.Get<Database>().OpenWrite();
        var current = connection.Query<string>("SELECT ca_id FROM revocation_lists WHERE built = wanted");
        current.Count(ca => ca == created.Id()).ShouldBe(bench.Service.Options.Certificates.RevocationShards);
    }

    [Fact]
    public async Task Ready_HsmHangsAndComesBack_SaysSoAndIsReadyUnaided()
    {
        await using var bench = await StartAsync();
        var hsm = bench.Service.Get<InstallationHsm>();
        await bench.ApprovedAsync("pkcs11");
        (await ReadinessAsync(bench)).ShouldBeNull();

        held = "C_FindObjects";
        Should.Throw<Pkcs11Exception>(() => hsm.Token.Describe("any"));
        (await ReadinessAsync(bench)).ShouldBe("The HSM call timed out.");

        held = null;
        (await ReadinessAsync(bench)).ShouldBeNull();
    }

    [Fact]
    public async Task Ready_KeyIsGone_SaysSoUnlessTheTokenHasOthers()
    {
        await using var bench = await StartAsync();
        var hsm = bench.Service.Get<InstallationHsm>();
        var id = await bench.ApprovedAsync("pkcs11");
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());

        new Pkcs11Token(SettingsOf(SoftHsm.Token)).Destroy("culvert-ca-" + id);
        await RefusedAsync(machine.PostAsync("/v1/agent/server_certificates", MachineBench.CsrBody()));
        (await ReadinessAsync(bench)).ShouldNotBeNull().ShouldContain("culvert-ca-" + id);

        hsm.Token.Generate($"another beside {id}", KeyAlgorithm.EcdsaP256);
        await RefusedAsync(machine.PostAsync("/v1/agent/server_certificates", MachineBench.CsrBody()));
        (await ReadinessAsync(bench)).ShouldBeNull();
    }

    // A library that hangs permanently in every call: nothing inside the process can end that.
    [Fact]
    public async Task Watch_EveryCallHangs_SaysSoAndEndsTheProcess()
    {
        await using var bench = await StartAsync(limit: TimeSpan.FromMilliseconds(100));
        var hsm = bench.Service.Get<InstallationHsm>();
        var stopping = bench.Service.Get<IHostApplicationLifetime>().ApplicationStopping;
        held = "C_FindObjects";
        await Eventually.UntilAsync(
            () =>
            {
                Should.Throw<Pkcs11Exception>(() => hsm.Token.Describe("any"));
                return hsm.IsStuck;
            },
            Cancel
        );
        (await ReadinessAsync(bench)).ShouldNotBeNull().ShouldContain("hang;");

        // Rounds of the watch, each of which may take its time to see the new one.
        for (var waited = TimeSpan.Zero; waited < HsmWatch.Patience; waited += HsmWatch.Interval)
        {
            stopping.IsCancellationRequested.ShouldBeFalse();
            bench.Service.Time.Advance(HsmWatch.Interval);
        }

        await Eventually.UntilAsync(
            () => stopping.IsCancellationRequested,
            Cancel,
            () => bench.Service.Time.Advance(HsmWatch.Interval)
        );

        // A round that fails is one failed round: the watch continues.
        using var watch = new HsmWatch(hsm, new FailingLifetime(), bench.Service.Time, NullLogger<HsmWatch>.Instance);
        await watch.TryRoundAsync(Cancel);
        bench.Service.Time.Advance(HsmWatch.Patience);
        await watch.TryRoundAsync(Cancel);
        watch.LastRun.ShouldNotBeNull().Failure.ShouldBe(nameof(NotSupportedException));
    }

    private static ValueTask<string?> ReadinessAsync(AuthorityBench bench) =>
        bench.Service.Get<IEnumerable<ReadinessCheck>>().Single(check => check.Name == "hsm").Evaluate(Cancel);

    // A registration that requests its key and hangs in that function. Nothing else hangs any more.
    private async Task<string> DraftAsync(AuthorityBench bench, string function = "C_GenerateKeyPair")
    {
        held = function;
        var refused = await RefusedAsync(
            bench.Api.PostAsync("/v1/certificate_authorities", bench.CreateBody("pkcs11"))
        );
        held = null;
        var id = refused.GetProperty("details").Text("ca_id")!;
        (await bench.StateAsync(id)).ShouldBe("draft");
        return id;
    }

    private static async Task<JsonElement> RefusedAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        answer.Headers.RetryAfter.ShouldNotBeNull(await answer.Content.ReadAsStringAsync(Cancel));
        return await Task.FromResult(answer).ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "signer.unavailable");
    }

    private static List<string> Statuses(AuthorityBench bench)
    {
        using var connection = bench.Service.Get<Database>().OpenWrite();
        return
        [
            .. connection.Query<string>("SELECT status FROM certificates WHERE kind = 'server' ORDER BY issued_at_ms"),
        ];
    }

    private static void Sql(AuthorityBench bench, string sql)
    {
        using var connection = bench.Service.Get<Database>().OpenWrite();
        connection.Execute(sql);
    }

    private Task<AuthorityBench> StartAsync(
        string token = SoftHsm.Token,
        TimeSpan slow = default,
        TimeSpan? limit = null
    )
    {
        SoftHsm.Ensure();
        return AuthorityBench.StartAsync(options: o =>
            o with
            {
                Pkcs11 = SettingsOf(token) with
                {
                    LimitNow = () => held is null or "C_DestroyObject" ? TimeSpan.FromMinutes(1) : limit ?? Limit,
                    Probe = function =>
                    {
                        removals += function == "C_DestroyObject" ? 1 : 0;
                        closed += function == "C_CloseSession" ? 1 : 0;
                        if (function == held)
                        {
                            released.Task.Wait(CancellationToken.None);
                        }
                        else if (function == "C_Sign")
                        {
                            SlowDevice.Operate(slow);
                        }
                    },
                },
                Certificates = o.Certificates with { RevocationShards = 2 },
            }
        );
    }

    private static Pkcs11Settings SettingsOf(string token) => new(SoftHsm.ModulePath, token, () => SoftHsm.Pin);
}
