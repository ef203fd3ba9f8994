using Culvert.Machine.Client.Calls;
using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class MachineApiCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_ServiceAnswers_Passes() => Run(scene.Facts()).Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Run_NobodyAsked_CannotTell() =>
        Run(scene.Facts() with { Announced = null }).Status.ShouldBe(DoctorStatus.Skip);

    [Theory]
    [InlineData(ApiFailureKind.Refused, "culvert explain req_1")]
    [InlineData(ApiFailureKind.Untrusted, "culvert platform-root show")]
    [InlineData(ApiFailureKind.Unreachable, "over TCP")]
    [InlineData(ApiFailureKind.Unavailable, "over TCP")]
    public void Run_Failure_FailsWithTheStepForItsKind(ApiFailureKind kind, string next)
    {
        var finding = Run(
            scene.Facts() with
            {
                Announced = new ApiFailure
                {
                    Kind = kind,
                    Operation = "GET /v1/agent/feed",
                    Message = "no",
                    RequestId = "req_1",
                },
            }
        );

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Next[0].ShouldContain(next);
    }

    private static DoctorFinding Run(CertificateFacts facts) => IdentityChecks.CheckMachineApi(facts);
}
