using System.Globalization;
using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Status.Checks;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks that every signing authority is valid for at least the last of the notices' days.</summary>
internal sealed class AuthoritiesCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "authorities";

    public DoctorFinding Run(ServiceFacts facts)
    {
        var all = facts.Store.Authorities;
        if (all.Count == 0)
        {
            return DoctorFinding.Skip(Id, "Rests on database.");
        }

        // The first to expire comes first, so no later one is worse.
        var worst = Judge(all[0]) is { Status: DoctorStatus.Fail } late
            ? late
            : DoctorFinding.Pass(
                Id,
                $"The first to expire is {all[0].Name}: {FormatRemainingTime(all[0], facts.Now)}."
            );
        return worst with
        {
            Evidence =
            [
                .. all.Where(one => one.Type.StartsWith("platform", StringComparison.Ordinal) || Judge(one) is not null)
                    .Select(one =>
                        $"{one.Name} ({one.Id}): {FormatRemainingTime(one, facts.Now)}, until {one.NotAfter:u}"
                    ),
            ],
        };

        DoctorFinding? Judge(AuthorityEnd one) => Expiry.Judge(Id, one, facts.Now, facts.Options.Notices);
    }

    private static string FormatRemainingTime(AuthorityEnd one, DateTimeOffset now)
    {
        var left = one.NotAfter - now;
        return left < TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"expired {-left.TotalDays:0.#} days ago")
            : string.Create(CultureInfo.InvariantCulture, $"{left.TotalDays:0.#} days left");
    }
}
