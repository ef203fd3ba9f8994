using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Rules for people that wait for a second person.</summary>
internal sealed class RulesStatus(IRuleStore store) : StatusCheck("rules", RuleOperations.List)
{
    // More would not fit on a page; the first ones lead to the rest.
    private const int MaxShown = 20;

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var waiting = await store.ListWaitingAsync(caller.OrganizationId, MaxShown, cancellationToken);
        return
        [
            .. waiting.Select(rule =>
                Warning(
                    rule.Id.Value,
                    $"Version {rule.Version} of rule {rule.Name} waits for a second person since {rule.Stamps.UpdatedAt:u}.",
                    $"culvert rule approve {rule.Id.Value}"
                )
            ),
            Ok($"No rule waits for approval."),
        ];
    }
}
