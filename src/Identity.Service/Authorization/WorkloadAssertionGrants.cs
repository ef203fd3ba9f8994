using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Exchanges a workload's token for an access token of one route, as MCP's workload identity federation (SEP-1933) does
/// it: the request names no rule, so it is chosen, and the exchange then decides as if the request had named it.
/// </summary>
internal sealed class WorkloadAssertionGrants(WorkloadRules rules, TokenExchange exchange, AuthorizationServer server)
{
    /// <param name="request">Its <c>client_id</c> has no effect: nothing would prove it.</param>
    /// <param name="claims">Not verified yet: they choose the rule, and prove nothing.</param>
    /// <param name="cancellationToken">Has no effect once a decision is being recorded.</param>
    public async ValueTask<Result<PersonTokenDocument>> RedeemAsync(
        AssertionRequest request,
        ClaimSet claims,
        CancellationToken cancellationToken
    )
    {
        if (request.Resource is not { } resource)
        {
            return AuthorizationErrors.InvalidTarget.Refuse("resource: the https URL of one route is required.");
        }

        var exchanged = new ExchangeRequest
        {
            Form = ExchangeForm.JwtBearer,
            Assertion = request.Assertion,
            RuleId = "",
            OrganizationId = request.OrganizationId,
            Server = server.GetIssuer(request.OrganizationId),
            Scopes = request.Scopes,
            Target = resource,
            Proven = request.Proven,
            RequestId = request.Request.RequestId,
            Source = request.Request.Source,
            UserAgent = request.Request.UserAgent,
        };
        if (await rules.ChooseAsync(exchanged, claims, cancellationToken) is not { } ruleId)
        {
            return ExchangeErrors.InvalidGrant.Refuse();
        }

        var result = await exchange.ExchangeAsync(exchanged with { RuleId = ruleId }, cancellationToken);
        if (result.Grant is not { } grant)
        {
            return result.Unavailable ?? DenialAnswers.ToRefusal(result);
        }

        RequestIdentity.SetTenant(request.Request.Http, grant.OrganizationId, grant.WorkspaceId);
        var token = Encoding.ASCII.GetString(result.Token.Memory.Span);
        result.Token.Return();
        return PersonTokenDocument.Create(token, grant, refreshToken: null);
    }
}
