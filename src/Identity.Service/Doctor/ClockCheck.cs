using System.Globalization;
using Culvert.Identity.Service.Clock;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>
/// Compares the wall clock with recorded times: it is behind if a decision has a later time. A clock that is ahead cannot be
/// detected without another clock.
/// </summary>
internal sealed class ClockCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "clock";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Store.NewestEntry is not { } newest)
        {
            return DoctorFinding.Skip(
                Id,
                facts.Store.Error is null ? "Nothing is recorded yet." : "Rests on database."
            );
        }

        var behind = newest - facts.Now;
        return behind > facts.Options.Federation.Leeway
            ? DoctorFinding.Fail(
                Id,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"This clock is {behind.TotalSeconds:0} s behind the newest record."
                ),
                "Tokens and certificates would have times that others refuse, so the service issues nothing.",
                "Synchronise the clock (NTP), on the other nodes too.",
                ClockErrors.Unsynchronised.NextStep
            )
            : DoctorFinding.Pass(Id, $"It is {facts.Now:u}; the newest record is of {newest:u}.");
    }
}
