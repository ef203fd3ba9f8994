using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>Reads the filters of the history; the refusal names the bad one.</summary>
internal static class HistoryQueryReader
{
    private const int MaxTextLength = 1024;

    /// <summary>Exactly one of both results is set.</summary>
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

        if (!TryReadTime(request.Query("since"), out var since))
        {
            return Refuse("since: a time such as 2026-01-31T12:00:00Z is required.");
        }

        if (!TryReadTime(request.Query("until"), out var until))
        {
            return Refuse("until: a time such as 2026-01-31T12:00:00Z is required.");
        }

        var requestId = request.Query("request_id");
        if (!IsText(requestId))
        {
            return Refuse("request_id: no request has such an id.");
        }

        var subject = request.Query("subject");
        return !IsText(subject)
            ? Refuse($"subject: at most {MaxTextLength} characters, none of them a control character.")
            : new HistoryQuery
            {
                OrganizationId = request.Caller.OrganizationId,
                RequestId = requestId,
                IsGranted = decision is null ? null : decision == "granted",
                Reason = reason,
                RuleId = rule,
                IssuerId = issuer,
                Subject = subject,
                Since = since,
                Until = until,
            };
    }

    // No record has control characters, and PostgreSQL takes no NUL in a text.
    private static bool IsText(string? text) =>
        text is null || (text.Length <= MaxTextLength && !text.Any(char.IsControl));

    private static bool TryReadTime(string? text, out DateTimeOffset? instant)
    {
        instant = null;
        if (text is null)
        {
            return true;
        }

        // RFC 3339 with its offset: a time without one is another time on another machine.
        var isTime = DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var parsed
        );
        instant = parsed;
        return isTime && (text.EndsWith('Z') || text[^6] is '+' or '-');
    }

    private static Result<HistoryQuery> Refuse(string message) => RequestErrors.Invalid.Refuse(message);
}
