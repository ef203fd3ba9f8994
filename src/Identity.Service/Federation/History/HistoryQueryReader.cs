using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.History;

internal static class HistoryQueryReader
{
    public static Result<HistoryQuery> Read(ApiRequest request)
    {
        var decision = request.Query("decision");
        if (decision is not (null or "granted" or "denied"))
        {
            return Refuse("decision: granted or denied is required.");
        }

        var reason = request.Query("reason");
        if (reason is not null && DenialReasons.Parse(reason) is null)
        {
            return Refuse("reason: no such reason; docs/explain.md lists them.");
        }

        var rule = request.Query("federation_rule_id");
        if (rule is not null && !RuleId.TryParse(rule, out _))
        {
            return Refuse($"federation_rule_id is not a well-formed {RuleId.Prefix}_ tagged ID");
        }

        var issuer = request.Query("issuer_id");
        if (issuer is not null && !IssuerId.TryParse(issuer, out _))
        {
            return Refuse($"issuer_id is not a well-formed {IssuerId.Prefix}_ tagged ID");
        }

        var account = request.Query("service_account_id");
        if (account is not null && !ServiceAccountId.TryParse(account, out _))
        {
            return Refuse($"service_account_id is not a well-formed {ServiceAccountId.Prefix}_ tagged ID");
        }

        if (!QueryText.TryReadTime(request.Query("since"), out var since))
        {
            return Refuse($"since: {QueryText.TimeExpected}");
        }

        if (!QueryText.TryReadTime(request.Query("until"), out var until))
        {
            return Refuse($"until: {QueryText.TimeExpected}");
        }

        var requestId = request.Query("request_id");
        if (!QueryText.IsText(requestId))
        {
            return Refuse("request_id: no request has such an id.");
        }

        var subject = request.Query("subject");
        return !QueryText.IsText(subject)
            ? Refuse($"subject: at most {QueryText.MaxLength} characters, none of them a control character.")
            : new HistoryQuery
            {
                OrganizationId = request.Caller.OrganizationId,
                RequestId = requestId,
                IsGranted = decision is null ? null : decision == "granted",
                Reason = reason,
                RuleId = rule,
                IssuerId = issuer,
                ServiceAccountId = account,
                Subject = subject,
                Since = since,
                Until = until,
            };
    }

    private static Result<HistoryQuery> Refuse(string message) => RequestErrors.Invalid.Refuse(message);
}
