using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Doctor;
using Culvert.Identity.Service.Status.Checks;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class RevocationListsCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_Fresh_Passes() => Run(scene.Facts()).Status.ShouldBe(DoctorStatus.Pass);

    [Theory]
    [InlineData(6 * 86400, DoctorStatus.Pass)]
    [InlineData((6 * 86400) + 1, DoctorStatus.Fail)]
    public void Run_AroundItsEnd_OnBothSides(int seconds, DoctorStatus expected) =>
        Run(scene.Facts() with { Now = scene.Now.AddSeconds(seconds) }).Status.ShouldBe(expected);

    [Fact]
    public void Run_NeverPublished_Fails()
    {
        var list = new ListAge("ca_2", null, null, 128);

        var found = Run(WithLists(list));

        found.Status.ShouldBe(DoctorStatus.Fail);
        found.Summary.ShouldBe("A revocation list of authority ca_2 was never published.");
        RevocationListsStatus.Judge(list, scene.Now)!.Status.ShouldBe(DoctorStatus.Warn, "it may be a minute old");
    }

    [Fact]
    public void Run_NoAuthorityPublishes_DoesNotApply() => Run(WithLists()).Status.ShouldBe(DoctorStatus.Skip);

    private ServiceFacts WithLists(params ListAge[] lists)
    {
        var facts = scene.Facts();
        return facts with { Store = facts.Store with { Lists = lists } };
    }

    private static DoctorFinding Run(ServiceFacts facts) => new RevocationListsCheck().Run(facts);
}
