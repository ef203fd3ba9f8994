using System.Globalization;
using Culvert.Identity.Service.Certificates.Health;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks that every signing authority is valid for at least the last of the notices' days.</summary>
internal sealed class AuthoritiesCheck : IDoctorCheck<ServiceFacts>
{
    private const string Issuing = "platform_issuing";

    public string Id => "authorities";

    public DoctorFinding Run(ServiceFacts facts)
    {
        var all = facts.Store.Authorities;
        if (all.Count == 0)
        {
            return DoctorFinding.Skip(Id, "Rests on database.");
        }

        var days = facts.Options.Notices.Days;
        var (soon, near) = (
            TimeSpan.FromDays(days.Count > 0 ? days.Min() : 3),
            TimeSpan.FromDays(days.Count > 0 ? days.Max() : 45)
        );
        var late = all.Where(one => one.NotAfter - facts.Now < soon).ToList();
        IReadOnlyList<string> evidence =
        [
            .. all.Where(one =>
                    one.NotAfter - facts.Now < near || one.Type.StartsWith("platform", StringComparison.Ordinal)
                )
                .Select(one => $"{one.Name} ({one.Id}): {Left(one, facts.Now)}, until {one.NotAfter:u}"),
        ];
        return (
            late.Count == 0
                ? DoctorFinding.Pass(Id, $"The first to expire is {all[0].Name}: {Left(all[0], facts.Now)}.")
                : DoctorFinding.Fail(
                    Id,
                    $"{late[0].Name} ({late[0].Id}): {Left(late[0], facts.Now)}.",
                    late[0].Type == Issuing
                        ? "The running service renews it at two thirds of its lifetime: check that the service runs."
                        : "When it expires, all certificates below it become invalid, whatever their own expiry.",
                    late[0].Type == Issuing
                        ? "identity-service run"
                        : $"culvert ca status {late[0].Id}; its successor wants a signature of your own root"
                )
        ) with
        {
            Evidence = evidence,
        };
    }

    private static string Left(AuthorityEnd one, DateTimeOffset now)
    {
        var left = one.NotAfter - now;
        return left < TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"expired {-left.TotalDays:0.#} days ago")
            : string.Create(CultureInfo.InvariantCulture, $"{left.TotalDays:0.#} days left");
    }
}
