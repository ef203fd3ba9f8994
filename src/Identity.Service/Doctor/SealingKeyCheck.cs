using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>The key that seals every secret in the database: private, ours, and the right one (S19).</summary>
internal sealed class SealingKeyCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "sealing_key";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Store.Fault is not null)
        {
            return DoctorFinding.Skip(Id, "Rests on database.");
        }

        return facts.Store.SealingFault is { } fault
            ? DoctorFinding.Fail(
                Id,
                fault,
                "Without it no key of any authority opens: nothing can be signed, and nothing of it can be made anew.",
                "Restore the file from its own backup; it is never part of the database's."
            )
            : DoctorFinding.Pass(Id, "It opens the store's canary, and nobody else can read it.");
    }
}
