using System.Collections.Frozen;
using System.Reflection;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Audit;

/// <summary>Reads the filters of an audit query; the refusal names the invalid one.</summary>
internal static class AuditQueryReader
{
    /// <summary>All event names. An unknown name is refused: an empty result would look like evidence.</summary>
    public static readonly FrozenSet<string> Names = typeof(AuditEvents)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral && field.FieldType == typeof(string))
        .Select(field => (string)field.GetRawConstantValue()!)
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Texts = ["actor", "actor_type", "subject", "resource", "tunnel_id", "request_id"];

    public static Result<AuditQuery> Read(ApiRequest request)
    {
        IReadOnlyList<string>? events = null;
        if (request.Query("event") is { } wanted)
        {
            events = [.. Names.Where(name => QueryText.Matches(wanted, name)).Order(StringComparer.Ordinal)];
            if (events.Count == 0)
            {
                return Refuse("event: no event has this name; docs/audit-fields.md lists them.");
            }
        }

        var outcome = request.Query("outcome");
        if (outcome is not (null or "success" or "denied"))
        {
            return Refuse("outcome: success or denied is required.");
        }

        if (!QueryText.TryReadTime(request.Query("since"), out var since))
        {
            return Refuse($"since: {QueryText.TimeExpected}");
        }

        if (!QueryText.TryReadTime(request.Query("until"), out var until))
        {
            return Refuse($"until: {QueryText.TimeExpected}");
        }

        if (Texts.FirstOrDefault(name => !QueryText.IsText(request.Query(name))) is { } bad)
        {
            return Refuse($"{bad}: at most {QueryText.MaxLength} characters, none of them a control character.");
        }

        return new AuditQuery
        {
            OrganizationId = request.Caller.OrganizationId,
            Events = events,
            Outcome = outcome,
            Since = since,
            Until = until,
            Actor = request.Query("actor"),
            ActorType = request.Query("actor_type"),
            Subject = request.Query("subject"),
            Resource = request.Query("resource"),
            TunnelId = request.Query("tunnel_id"),
            RequestId = request.Query("request_id"),
        };
    }

    private static Result<AuditQuery> Refuse(string message) => RequestErrors.Invalid.Refuse(message);
}
