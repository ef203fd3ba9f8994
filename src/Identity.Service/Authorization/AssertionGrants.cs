using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Redeems the assertions of RFC 7523 §2.1. Their type says what they are: an <see cref="IdentityAssertion"/> is about a
/// person, any other is a workload's own.
/// </summary>
internal sealed class AssertionGrants(IdentityAssertionGrants people, WorkloadAssertionGrants workloads)
{
    public ValueTask<Result<PersonTokenDocument>> RedeemAsync(
        AssertionRequest request,
        CancellationToken cancellationToken
    ) =>
        SignedToken.TryParse(request.Assertion, out var token) != JoseRefusal.None
            ? new(ExchangeErrors.InvalidGrant.Refuse())
        : token!.HasType(IdentityAssertion.TokenType) ? people.RedeemAsync(request, token.Claims, cancellationToken)
        : workloads.RedeemAsync(request, token.Claims, cancellationToken);
}
