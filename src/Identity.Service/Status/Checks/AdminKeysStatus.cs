using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that an admin key that can operate the installation remains after the key of init expires.</summary>
internal sealed class AdminKeysStatus(AdminKeyStore keys, TimeProvider time) : StatusCheck("admin_keys")
{
    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var live = await keys.ListLiveOperatorsAsync(time.GetUtcNow(), cancellationToken);
        return
        [
            live is [{ Name: FirstTenant.KeyName, CreatedBy: null } first]
                ? Warning(
                    first.Id.Value,
                    $"The key of init is the only one that can operate the installation; it expires at {first.ExpiresAt:u}.",
                    "Make a key of your own: culvert admin-key create NAME --role installation-operator --out FILE"
                )
                : Ok($"{Plural.Format(live.Count, "admin key")} can operate the installation."),
        ];
    }
}
