using System.Globalization;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks that every organization can create another tunnel.</summary>
internal sealed class TunnelLimitCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "tunnel_limit";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Store is { Error: not null } or { Pending.Count: > 0 })
        {
            return DoctorFinding.Skip(Id, "Rests on database.");
        }

        var limit = facts.Options.Tunnels.PerOrganization;
        var full = facts.Store.Organizations.Where(o => o.Tunnels >= limit).ToList();
        return (
            full.Count == 0
                ? DoctorFinding.Pass(Id, Text($"No organization has all of its {limit} tunnels."))
                : DoctorFinding.Warn(
                    Id,
                    Text($"{full.Count} organizations have all of their {limit} tunnels."),
                    "The next one is refused. A set-up script that does not reuse the ID of its first run creates one each time.",
                    "culvert tunnel list",
                    "culvert tunnel archive ID",
                    "Raise tunnels.per_organization, if all of them are wanted."
                )
        ) with
        {
            Evidence = [.. facts.Store.Organizations.Select(o => Text($"{o.Name} ({o.OrganizationId}): {o.Tunnels}"))],
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
