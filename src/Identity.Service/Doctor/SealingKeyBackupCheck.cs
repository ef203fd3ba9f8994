using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>A reminder: the check cannot find copies, and without one a lost disk is unrecoverable.</summary>
internal sealed class SealingKeyBackupCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "sealing_key_backup";

    public DoctorFinding Run(ServiceFacts facts) =>
        facts.Options.SealingKey.File is { } file
            ? DoctorFinding.Skip(
                Id,
                $"This check cannot see it: is there a copy of {file} apart from the database's backup?"
            )
            : DoctorFinding.Skip(
                Id,
                "The sealing key comes from the environment: back it up where the variable is set."
            );
}
