using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that an admin key that can operate the installation remains after the key of init expires.</summary>
internal sealed class AdminKeysStatus(AdminKeyStore keys, TimeProvider time) : IStatusCheck
{
    private const string Next =
        "Make a key of your own: culvert admin-key create NAME --role installation-operator --out FILE";

    public string Name => "admin_keys";

    public bool IsShownTo(Caller caller) => StatusRights.MayOperate(caller);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken) =>
        [
            await keys.ListLiveOperatorsAsync(time.GetUtcNow(), cancellationToken) switch
            {
                [{ Name: FirstTenant.KeyName, CreatedBy: null } first] => StatusFinding.Warning(
                    first.Id.Value,
                    $"The key of init is the only one that can operate the installation; it expires at {first.ExpiresAt:u}.",
                    Next
                ),
                var live => StatusFinding.Ok($"{Plural.Of(live.Count, "admin key")} can operate the installation."),
            },
        ];
}
