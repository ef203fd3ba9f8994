using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class AuditCheckpointsCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_NoneYet_CannotTell() => Run(null, null).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Run_Agreeing_PassesAndSaysWhereTheyLie()
    {
        var finding = Run(scene.Now, null);

        finding.Status.ShouldBe(DoctorStatus.Pass);
        finding.Evidence.ShouldBe([Path.Combine(scene.StateFolder, "audit-checkpoints.jsonl")]);
    }

    [Fact]
    public void Run_Fork_FailsWithTheCommandThatProvesIt() =>
        Run(scene.Now, "fork")
            .Next.ShouldContain(next => next.StartsWith("culvert audit verify", StringComparison.Ordinal));

    private DoctorFinding Run(DateTimeOffset? newest, string? alarm)
    {
        var facts = scene.Facts();
        return FileChecks.CheckAuditCheckpoints(
            facts with
            {
                State = facts.State with { NewestCheckpoint = newest, AuditAlarm = alarm },
            }
        );
    }
}
