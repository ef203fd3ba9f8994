using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;
using static Culvert.Tunnel.Agent.Tests.Pins.Definitions;

namespace Culvert.Tunnel.Agent.Tests.Pins;

public sealed class PinsCheckTests : IDisposable
{
    private readonly DoctorScene doctor = new();

    public void Dispose() => doctor.Dispose();

    [Fact]
    public async Task Check_ServerAsApproved_Passes()
    {
        await using var scene = await PinScene.StartAsync(Tool("get_record"));

        PinsCheck.Check(With(scene, PinMode.Enforce)).Status.ShouldBe(DoctorStatus.Pass);
        PinsCheck.Check(With(scene, PinMode.Off)).Status.ShouldBe(DoctorStatus.Skip);
    }

    [Fact]
    public async Task Check_Differences_AreAWarningWithTheCommand()
    {
        await using var scene = await PinScene.StartAsync(Tool("get_record"));
        scene.Server.Tools = [Tool("get_record", "Evil.")];
        await scene.VerifyAsync();

        var found = PinsCheck.Check(With(scene, PinMode.Enforce));

        found.Status.ShouldBe(DoctorStatus.Warn);
        found.Next.ShouldBe(["tunnel-agent pins diff docs"]);
    }

    [Fact]
    public async Task Check_DamagedPins_FailAndNameTheFile()
    {
        await using var scene = await PinScene.StartAsync(Tool("get_record"));
        await File.WriteAllTextAsync(scene.Files.Pinned, "x", TestContext.Current.CancellationToken);

        var found = PinsCheck.Check(With(scene, PinMode.Enforce));

        found.Status.ShouldBe(DoctorStatus.Fail);
        found.Evidence.ShouldHaveSingleItem().ShouldContain("docs.pinned.json");
    }

    private AgentSettings With(PinScene scene, PinMode mode)
    {
        var settings = doctor.Facts().Settings;
        return settings with
        {
            StateDirectory = scene.StatePath,
            Routes =
            [
                settings.Routes[0] with
                {
                    Name = "docs",
                    Pins = new PinSettings { Mode = mode },
                },
            ],
        };
    }
}
