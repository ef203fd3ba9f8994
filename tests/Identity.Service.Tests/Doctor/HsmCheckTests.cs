using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class HsmCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_EveryKeySigns_Passes() =>
        Run(new HsmState { Keys = [new("label", "ca_2", null)] }).Evidence.ShouldBe(["label: ca_2"]);

    [Fact]
    public void Run_LoginRefused_WarnsOfFurtherTries() =>
        Run(new HsmState { Error = "CKR_PIN_INCORRECT" }).Why.ShouldContain("do not retry repeatedly");

    [Fact]
    public void Run_KeyThatDoesNotSign_NamesIt()
    {
        var finding = Run(new HsmState { Keys = [new("a", "ca_2", null), new("b", "ca_3", "There is no such key.")] });

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldBe("b: There is no such key.");
        finding.Evidence.ShouldBe(["ca_2 a: signs", "ca_3 b: There is no such key."]);
    }

    [Fact]
    public void Run_ModuleNotThere_CannotTell() => Run(null).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Run_KeysInAnHsmThatThisNodeLacks_Fails()
    {
        var facts = scene.Facts();
        var store = facts.Store with { HsmKeys = [("ca_2", "label", [])] };

        new HsmCheck().Run(facts with { Store = store }).Status.ShouldBe(DoctorStatus.Fail);
        new HsmCheck().Run(facts).Status.ShouldBe(DoctorStatus.Skip);
    }

    private DoctorFinding Run(HsmState? state) => new HsmCheck().Run(scene.WithHsm("/module.so", () => "1", state));
}
