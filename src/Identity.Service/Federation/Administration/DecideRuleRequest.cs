using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>The body of a decision about a rule that awaits approval.</summary>
/// <param name="Version">The version that the caller has read.</param>
internal sealed record DecideRuleRequest(int Version, string? Reason = null)
{
    public static async ValueTask<Result<DecideRuleRequest>> ReadAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = await request.ReadJsonAsync(FederationJson.Default.DecideRuleRequest, cancellationToken);
        return body.IsOk && ReasonRequest.CheckOptional(body.Value.Reason) is { } malformed ? malformed : body;
    }
}
