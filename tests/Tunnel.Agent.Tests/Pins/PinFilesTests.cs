using System.Text.Json;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Upstreams.Crawling;
using static Culvert.Tunnel.Agent.Tests.Pins.Definitions;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>What is kept on the disk: pins, what differs, and the signed record of approvals.</summary>
public sealed class PinFilesTests
{
    private static readonly string Get = Tool("get_record");

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("flipped")]
    public async Task DamagedPins_UnderEnforce_CloseTheRouteUntilTheFileIsBack(string damage)
    {
        await using var scene = await PinScene.StartAsync(Get);
        var good = await File.ReadAllTextAsync(scene.Files.Pinned, TestContext.Current.CancellationToken);
        Write(scene, damage == "flipped" ? (good[0] == 'A' ? 'B' : 'A') + good[1..] : damage);
        scene.Watch.Reload();

        var (answer, body) = await scene.PostRawAsync(PolicyFixture.Call("get_record"));

        ((int)answer.StatusCode).ShouldBe(503);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.pins_unavailable"]);
        body.ShouldContain("\"id\":1");
        scene.Server.Called.ShouldBeEmpty();
        scene.Pins.Closed.ShouldNotBeNull();
        scene.Book.Create("docs", PinScene.Default)!.Closed.ShouldNotBeNull();
        scene.Records.ShouldContain(r => r.Event == "unusable");
        Write(scene, good);
        scene.Watch.Reload();
        (await scene.CallAsync("get_record")).ShouldBeTrue();
    }

    [Fact]
    public async Task PinsOfAnotherRoute_DoNotOpen()
    {
        await using var scene = await PinScene.StartAsync(Get);
        var other = scene.Book.GetFiles("other");
        File.Copy(scene.Files.Pinned, other.Pinned);

        Should.Throw<PinFilesException>(other.LoadPinned);
    }

    [Fact]
    public async Task RemovedPins_HideEverything()
    {
        await using var scene = await PinScene.StartAsync(Get);
        File.Delete(scene.Files.Pinned);
        scene.Watch.Reload();

        (await scene.CallAsync("get_record")).ShouldBeFalse();
    }

    [Fact]
    public async Task Differences_SurviveARestart()
    {
        await using var scene = await PinScene.StartAsync(Get);
        scene.Server.Tools = [Tool("get_record", "Evil.")];
        (await scene.ListAsync()).ShouldBeEmpty();
        scene.Watch.Save();

        var again = new PinBook(
            Culvert.Platform.Programs.StateDirectory.OpenReadOnly(scene.StatePath),
            scene.Book.Reporter,
            scene.Time
        ).Create("docs", PinScene.Default)!;

        again.FindDenial(Culvert.Tunnel.Agent.Mcp.TargetKind.Tool, "get_record").ShouldBe(RoutePins.Drifted);
        again.State.Drifts.ShouldHaveSingleItem().Observed!.Json.ShouldContain("Evil.");
    }

    [Fact]
    public async Task FirstUse_IsPinnedOnlyIfTheOperatorSaysSo()
    {
        await using var closed = await PinScene.StartAsync(
            new ChangingServer { Tools = [Get] },
            PinScene.Default,
            isApproved: false
        );
        await using var open = await PinScene.StartAsync(
            new ChangingServer { Tools = [Get] },
            PinScene.Default with
            {
                TrustsFirstUse = true,
            },
            isApproved: false
        );

        await closed.VerifyAsync();
        await open.VerifyAsync();

        (await closed.CallAsync("get_record")).ShouldBeFalse();
        (await open.CallAsync("get_record")).ShouldBeTrue();
        open.Files.LoadPinned()!.Pins.ShouldHaveSingleItem().By.ShouldBe("trust_first_use");
        open.Server.Tools = [Get, Tool("send_mail", "Sends.")];
        await open.VerifyAsync();
        (await open.CallAsync("send_mail")).ShouldBeFalse();

        // When pins are gone, the next reading is not a first use.
        File.Delete(open.Files.Pinned);
        open.Watch.Reload();
        await open.VerifyAsync();
        (await open.CallAsync("get_record")).ShouldBeFalse();
    }

    [Fact]
    public async Task FirstUse_BeforeTheAgentCanSign_IsPinnedAsSoonAsItCan()
    {
        await using var scene = await PinScene.StartAsync(
            new ChangingServer { Tools = [Get] },
            PinScene.Default with
            {
                TrustsFirstUse = true,
            },
            isApproved: false
        );
        scene.IsEnrolled = false;
        await scene.VerifyAsync();
        scene.Time.Advance(PinWatch.LeastPause);
        scene.Watch.IsDue().ShouldBeFalse();

        scene.IsEnrolled = true;

        scene.Watch.IsDue().ShouldBeTrue();
        await scene.VerifyAsync();
        (await scene.CallAsync("get_record")).ShouldBeTrue();
        scene.Time.Advance(PinWatch.LeastPause);
        scene.Watch.IsDue().ShouldBeFalse();
    }

    [Fact]
    public async Task Approval_IsASignedRecordOfWhoAndWhat()
    {
        await using var scene = await PinScene.StartAsync(Get);
        scene.Server.Tools = [Tool("get_record", "Better.")];
        await scene.VerifyAsync();
        await scene.ApproveAsync();

        var lines = await File.ReadAllLinesAsync(scene.Files.Approvals, TestContext.Current.CancellationToken);
        lines.Length.ShouldBe(2);
        using var line = JsonDocument.Parse(lines[1]);
        var change = line.RootElement.GetProperty("changes")[0];
        change.GetProperty("class").GetString().ShouldBe("description");
        change.GetProperty("old").GetString().ShouldBe(Read(Get).Digest);
        change.GetProperty("new").GetString().ShouldBe(Read(scene.Server.Tools[0]).Digest);
        change.GetProperty("diff")[0].GetProperty("new").GetString().ShouldBe("\"Better.\"");
        var token = line.RootElement.GetProperty("approval").GetString()!;
        PlatformTrust.TryCreate(PinScene.PlatformDomain, scene.Platform.RootPem, out var trust).ShouldBeTrue();
        PinApproval.Verify(lines[1], trust!, PinScene.TunnelId)!.By.ShouldBe("alice");
        PinApproval
            .Verify(lines[1].Replace("Better.", "Worse.", StringComparison.Ordinal), trust!, PinScene.TunnelId)
            .ShouldBeNull();
        PinApproval
            .Verify(
                lines[1].Replace(token, Forged.Signature(token), StringComparison.Ordinal),
                trust!,
                PinScene.TunnelId
            )
            .ShouldBeNull();
        PinApproval.Verify(lines[1], trust!, "tnl_02").ShouldBeNull();
        AuditCheckpoint.VerifyCalls(token, trust!, PinScene.TunnelId).ShouldBeNull();
    }

    private static void Write(PinScene scene, string text)
    {
        var before = scene.Files.Stamp;
        File.WriteAllText(scene.Files.Pinned, text);
        File.SetLastWriteTimeUtc(scene.Files.Pinned, before!.Value.WrittenAt.AddSeconds(1));
    }
}
