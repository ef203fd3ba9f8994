using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

public sealed class AuditCheckTests : IDisposable
{
    private const string Problem = "No space left on device";

    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(PolicyMode.Enforce, true, DoctorStatus.Fail)]
    [InlineData(PolicyMode.Enforce, false, DoctorStatus.Warn)]
    [InlineData(PolicyMode.Observe, true, DoctorStatus.Warn)]
    [InlineData(PolicyMode.Record, true, DoctorStatus.Warn)]
    [InlineData(PolicyMode.Off, true, DoctorStatus.Skip)]
    public void Judge_AProblem_IsReportedWithItsEffect(object mode, bool denies, DoctorStatus status)
    {
        var found = AuditCheck.Judge(With((PolicyMode)mode, denies), Problem);

        found.Status.ShouldBe(status);
        if (status != DoctorStatus.Skip)
        {
            found.Summary.ShouldContain(Problem);
            found.Evidence.ShouldBe([denies ? "audit.on_full: deny" : "audit.on_full: degrade"]);
            found.Next.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void Judge_NoProblem_Passes() =>
        AuditCheck.Judge(With(PolicyMode.Enforce, denies: true), null).Status.ShouldBe(DoctorStatus.Pass);

    private AgentSettings With(PolicyMode mode, bool denies)
    {
        var settings = scene.Facts().Settings;
        var route = settings.Routes[0];
        return settings with
        {
            Audit = settings.Audit with { DeniesWhenFull = denies },
            Routes = [route with { Policy = new PolicySettings { Mode = mode } }],
        };
    }
}
