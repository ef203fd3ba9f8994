using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Hsm;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation;

/// <summary>A rotation from the next key to the retirement without a hand; openssl plays the enterprise.</summary>
public sealed class AutomaticRotationTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-enterprise-").FullName;

    [Fact]
    public async Task HalfLife_ConnectorSigns_TheSuccessorIsStagedAndActivatedInTime()
    {
        var script = Path.Combine(folder, "sign.sh");
        await using var bench = await RotationBench.StartAsync(leafLife: TimeSpan.FromMinutes(5), signing: [script]);
        WriteEnterprise(bench, script);
        var first = await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        var steps = bench.Service.Get<SuccessorSteps>();

        await steps.RunAsync(Cancel);
        (await AuthoritiesAsync(bench)).ShouldBe([(first, "active")]);

        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));
        await steps.RunAsync(Cancel);
        var both = await AuthoritiesAsync(bench);
        both.Count.ShouldBe(2);
        both[0].State.ShouldBe("staged");

        // The switch is due in the last sixth, and not before.
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(19));
        await steps.RunAsync(Cancel);
        (await bench.StateAsync(both[0].Id)).ShouldBe("staged");
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(1));
        await steps.RunAsync(Cancel);
        (await bench.StateAsync(both[0].Id)).ShouldBe("active");
        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("retired");
    }

    [Fact]
    public async Task HalfLife_NoConnectorOrOneThatFails_LeavesTheRequestForPeople()
    {
        await using var bench = await RotationBench.StartAsync(
            leafLife: TimeSpan.FromMinutes(5),
            signing: ["/bin/false"]
        );
        await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(31));
        var steps = bench.Service.Get<SuccessorSteps>();

        await steps.RunAsync(Cancel);
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(6));
        await steps.RunAsync(Cancel);

        // One request, however often it was tried.
        var all = await AuthoritiesAsync(bench);
        all.Count.ShouldBe(2);
        all[0].State.ShouldBe("csr_issued");
    }

    [Fact]
    public async Task Rollback_InTheLastSixth_IsNotUndoneByItself()
    {
        var script = Path.Combine(folder, "sign.sh");
        await using var bench = await RotationBench.StartAsync(leafLife: TimeSpan.FromMinutes(5), signing: [script]);
        WriteEnterprise(bench, script);
        // It would retire the first authority, which no leaf needs, as soon as the second is active.
        await bench.Service.Api.PostOkAsync("/v1/jobs/rotations/pause", """{"reason":"the test makes the steps"}""");
        var first = await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        var steps = bench.Service.Get<SuccessorSteps>();
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));
        await steps.RunAsync(Cancel);
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(20));
        await steps.RunAsync(Cancel);
        var second = (await AuthoritiesAsync(bench))[0].Id;
        (await bench.StateAsync(second)).ShouldBe("active");

        await bench.Service.Api.PostOkAsync(RotationBench.Path(second, "rollback"));
        await steps.RunAsync(Cancel);
        (await bench.StateAsync(second)).ShouldBe("staged");
        (await bench.StateAsync(first)).ShouldBe("active");

        await bench.Service.Api.PostOkAsync(RotationBench.Path(second, "activate"));
        (await bench.StateAsync(second)).ShouldBe("active");
    }

    [Fact]
    public async Task HalfLife_RefusedChain_DoublesTheWait()
    {
        var (script, calls) = (Path.Combine(folder, "sign.sh"), Path.Combine(folder, "calls"));
        WriteScript(script, $"cat > /dev/null; echo call >> {calls}; echo no chain");
        await using var bench = await RotationBench.StartAsync(leafLife: TimeSpan.FromMinutes(5), signing: [script]);
        await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        var steps = bench.Service.Get<SuccessorSteps>();
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));

        // At once, then after 5 and 10 minutes more; the next would be after 20.
        int[] asked = [1, 2, 2, 3, 3];
        foreach (var count in asked)
        {
            await steps.RunAsync(Cancel);
            (await File.ReadAllLinesAsync(calls, Cancel)).Length.ShouldBe(count);
            await bench.Machines.PassAsync(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task OneTunnelFails_TheOthersGoOn()
    {
        await using var bench = await RotationBench.StartAsync(leafLife: TimeSpan.FromMinutes(5));
        var broken = await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        var other = (await bench.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60), other);
        using (var connection = bench.Service.Get<Database>().OpenWrite())
        {
            connection.Execute("UPDATE certificate_authorities SET chain_pem = 'x' WHERE id = @broken", new { broken });
        }

        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));
        await bench.Service.Get<SuccessorSteps>().RunAsync(Cancel);

        (await AuthoritiesAsync(bench, other)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task ClockInDoubt_NothingHappens()
    {
        await using var bench = await RotationBench.StartAsync(leafLife: TimeSpan.FromMinutes(5));
        var first = await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        await bench.ApprovedAsync("staged", TimeSpan.FromMinutes(60));
        bench.Service.Time.StepWallClock(TimeSpan.FromMinutes(55));

        await bench.Service.Get<SuccessorSteps>().RunAsync(Cancel);
        (await bench.Service.Get<TunnelAuthorityStore>().FindAsync(first, Cancel))!.State.ShouldBe(
            AuthorityState.Active
        );

        // By a clock that an administrator has confirmed, the switch and the retirement are due.
        bench.Service.Get<ClockGuard>().Confirm();
        await bench.Service.Get<SuccessorSteps>().RunAsync(Cancel);
        bench.Service.Time.StepWallClock(TimeSpan.FromMinutes(2));
        await bench.StepAsync();
        (await bench.Service.Get<TunnelAuthorityStore>().FindAsync(first, Cancel))!.State.ShouldBe(
            AuthorityState.Retiring
        );
        bench.Service.Get<ClockGuard>().Confirm();
        await bench.StepAsync();
        (await bench.Service.Get<TunnelAuthorityStore>().FindAsync(first, Cancel))!.State.ShouldBe(
            AuthorityState.Retired
        );
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Restart_AfterARefusedChain_StillWaits()
    {
        var (script, calls) = (Path.Combine(folder, "sign.sh"), Path.Combine(folder, "calls"));
        WriteScript(script, $"cat > /dev/null; echo call >> {calls}; echo no chain");
        await using var bench = await RotationBench.StartAsync(leafLife: TimeSpan.FromMinutes(5), signing: [script]);
        await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));
        await bench.Service.Get<SuccessorSteps>().RunAsync(Cancel);
        var successor = (await bench.StatesAsync())[0].Id;
        var signing = (await bench.RotationAsync(successor)).GetProperty("signing");
        signing.GetProperty("attempts").GetInt64().ShouldBe(1);
        signing.GetProperty("in_progress").GetBoolean().ShouldBeFalse();
        signing.Text("node").ShouldBe("node-1");
        signing.Text("fault").ShouldNotBeNull().ShouldContain("cannot be read");

        await using var after = await bench.Service.RestartAsync();
        await after.Get<SuccessorSteps>().RunAsync(Cancel);
        (await File.ReadAllLinesAsync(calls, Cancel)).Length.ShouldBe(1);
        after.Time.StepWallClock(TimeSpan.FromMinutes(5));
        after.Get<ClockGuard>().Confirm();
        await after.Get<SuccessorSteps>().RunAsync(Cancel);
        (await File.ReadAllLinesAsync(calls, Cancel)).Length.ShouldBe(2);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task TwoNodes_OneRequest_TheEnterpriseIsAskedOnce()
    {
        var (script, calls) = (Path.Combine(folder, "sign.sh"), Path.Combine(folder, "calls"));
        WriteScript(script, $"cat > /dev/null; echo call >> {calls}; sleep 1; echo no chain");
        await using var bench = await RotationBench.StartAsync(
            leafLife: TimeSpan.FromMinutes(5),
            signing: [script],
            service: options =>
                options with
                {
                    Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
                }
        );
        await using var other = await bench.Service.JoinAsync("node-2");
        await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));

        await Task.WhenAll(
            Task.Run(() => bench.Service.Get<SuccessorSteps>().RunAsync(Cancel), Cancel),
            Task.Run(() => other.Get<SuccessorSteps>().RunAsync(Cancel), Cancel)
        );

        (await File.ReadAllLinesAsync(calls, Cancel)).Length.ShouldBe(1);
        (await bench.StatesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task KeyInTheHsm_IsRotatedLikeASealedOne_AndDestroyedInTheEnd()
    {
        SoftHsm.Ensure();
        var settings = new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin);
        var script = Path.Combine(folder, "sign.sh");
        await using var bench = await RotationBench.StartAsync(
            leafLife: TimeSpan.FromMinutes(5),
            signing: [script],
            service: options => options with { Pkcs11 = settings }
        );
        WriteEnterprise(bench, script);
        var first = await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60), custody: "pkcs11");
        var token = bench.Service.Get<InstallationHsm>().Token;
        var steps = bench.Service.Get<SuccessorSteps>();

        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));
        await steps.RunAsync(Cancel);
        var second = (await bench.StatesAsync())[0];
        second.State.ShouldBe("staged");
        second.Id.ShouldNotBe(first);
        token.Describe("culvert-ca-" + second.Id)!.PolicyError.ShouldBeNull();

        await bench.Machines.PassAsync(TimeSpan.FromMinutes(20));
        await steps.RunAsync(Cancel);
        (await bench.StateAsync(second.Id)).ShouldBe("active");
        await bench.StepAsync();
        (await bench.StateAsync(first)).ShouldBe("retired");
        token.Describe("culvert-ca-" + first).ShouldNotBeNull();

        // Kept for 30 days, and not a second longer than the next look.
        var upkeep = bench.Service.Get<AuthorityUpkeep>();
        bench.Service.Time.StepWallClock(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(2));
        bench.Service.Get<ClockGuard>().Confirm();
        await upkeep.RunAsync(Cancel);
        token.Describe("culvert-ca-" + first).ShouldNotBeNull();
        bench.Service.Time.StepWallClock(TimeSpan.FromSeconds(2));
        bench.Service.Get<ClockGuard>().Confirm();
        await upkeep.RunAsync(Cancel);

        token.Describe("culvert-ca-" + first).ShouldBeNull();
        var record = (await bench.Service.Get<TunnelAuthorityStore>().FindAsync(first, Cancel))!;
        (record.State, record.KeyLabel).ShouldBe((AuthorityState.Retired, null));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void WriteEnterprise(RotationBench bench, string script)
    {
        var enterprise = new Enterprise(folder, bench.Root, bench.Service.Time.GetUtcNow());
        WriteScript(script, $"{enterprise.SignCommand} && cat {enterprise.RootFile}");
    }

    private static void WriteScript(string script, string command)
    {
        File.WriteAllText(script, $"#!/bin/sh\n{command}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static Task<IReadOnlyList<(string Id, string State)>> AuthoritiesAsync(
        RotationBench bench,
        string? tunnelId = null
    ) => bench.StatesAsync(tunnelId);
}
