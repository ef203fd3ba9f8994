using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tokens.Revocations;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Revokes as an administrator would.</summary>
internal static class Revocations
{
    public static async Task RevokeFamilyAsync(this FederatedService service, string family)
    {
        var revocation = await service
            .Service.Get<TokenRevoker>()
            .RevokeAsync(
                AuditActor.System,
                "req_test",
                service.OrganizationId,
                new RevocationTarget(RevocationKind.Family, family),
                issuedBefore: null,
                "test",
                reachesMachines: false,
                TestContext.Current.CancellationToken
            );
        revocation.IsOk.ShouldBeTrue();
    }
}
