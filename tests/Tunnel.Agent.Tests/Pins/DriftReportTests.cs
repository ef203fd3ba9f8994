using Culvert.Tunnel.Agent.Pins;
using static Culvert.Tunnel.Agent.Tests.Pins.Definitions;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>What reports to the service say of definitions that differ.</summary>
public sealed class DriftReportTests
{
    private const int Digits = 64;

    [Fact]
    public async Task List_Differences_AreNamedAndBounded()
    {
        await using var scene = await PinScene.StartAsync(Tool("a"), Tool("b"));
        List(scene).ShouldBe([]);
        var longName = new string('c', 300);
        scene.Server.Tools = [Tool("a", "Other."), Tool(longName)];

        await scene.VerifyAsync();

        List(scene)
            .ShouldBe(
                [
                    ("tool", "a", "description", "block", Digits),
                    ("tool", longName[..200], "rename_suspect,added", "block", Digits),
                    ("tool", "b", "removed", "alert", 0),
                ],
                ignoreOrder: true
            );
        var room = 2;
        DriftReport.List(scene.Pins, ref room)!.Count.ShouldBe(2);
        room.ShouldBe(0);
        DriftReport.List(scene.Pins, ref room).ShouldBeNull();
    }

    [Fact]
    public async Task List_Observed_SaysSo()
    {
        await using var scene = await PinScene.StartAsync(
            new ChangingServer { Tools = [Tool("a")] },
            PinScene.Default with
            {
                Mode = PinMode.Observe,
            }
        );
        scene.Server.Tools = [Tool("a", "Other.")];

        await scene.VerifyAsync();

        List(scene).Single().Action.ShouldBe("observe");
    }

    [Fact] // the service need not wait for the next report
    public async Task Change_IsSaidAtOnce()
    {
        await using var scene = await PinScene.StartAsync(Tool("a"));
        var changes = 0;
        scene.Reporter.Changed += () => changes++;

        await scene.VerifyAsync();
        changes.ShouldBe(0);
        scene.Server.Tools = [Tool("a", "Other.")];
        await scene.VerifyAsync();
        changes.ShouldBe(1);
        await scene.VerifyAsync();
        changes.ShouldBe(1);
    }

    private static (string Kind, string Name, string Classes, string Action, int Digits)[] List(PinScene scene)
    {
        var room = DriftReport.MaxReported;
        return
        [
            .. (DriftReport.List(scene.Pins, ref room) ?? []).Select(d =>
                (d.Kind, d.Name, d.Classes, d.Action, d.Observed.Length)
            ),
        ];
    }
}
