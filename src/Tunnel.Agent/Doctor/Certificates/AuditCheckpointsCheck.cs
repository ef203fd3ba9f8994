using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The stored checkpoints of the service's audit are consistent with each other (S30).</summary>
internal sealed class AuditCheckpointsCheck : IDoctorCheck<CertificateFacts>
{
    private const string FileName = "audit-checkpoints.jsonl";

    public string Id => "audit_checkpoints";

    public DoctorFinding Run(CertificateFacts facts)
    {
        var file = Path.Combine(facts.Settings.StateDirectory, FileName);
        if (facts.State.AuditAlarm is { } alarm)
        {
            return DoctorFinding.Fail(
                Id,
                $"They contradict each other ({alarm}).",
                "The service's audit was rewritten or truncated, or its database was restored from an older copy.",
                $"Save {file}, and ask an administrator to run: culvert audit export --out chain.jsonl",
                $"culvert audit verify chain.jsonl --checkpoint {file} --ca-file platform-root.pem",
                $"After an intended restore: stop the agent, remove {file}, start the agent."
            );
        }

        return facts.State.NewestCheckpoint is { } newest
            ? DoctorFinding.Pass(Id, $"They agree; the newest is of {newest:u}.", file)
            : DoctorFinding.Skip(Id, "None exist yet.");
    }
}
