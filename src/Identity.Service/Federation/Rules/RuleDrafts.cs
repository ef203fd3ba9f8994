using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>
/// Builds a rule from a request to create or change it, before the check whether it may be saved. Saving, simulation
/// and policy replay all use this class, so that the rule that was tried is the rule that is saved.
/// </summary>
internal static class RuleDrafts
{
    private const int DefaultLifetimeSeconds = 3600;

    private static readonly string MalformedAccount =
        $"target.service_account_id is not a well-formed {ServiceAccountId.Prefix}_ tagged ID";

    public static Result<Rule> New(CreateRuleRequest body, string organizationId, ChangeStamps stamps)
    {
        var match = RuleMatchReader.Read(body.Match);
        if (!match.IsOk)
        {
            return match.Refusal;
        }

        if (CheckShape(body.Attributes, body.Target) is { } bad)
        {
            return bad;
        }

        if (!IssuerId.TryParse(body.IssuerId, out var issuerId))
        {
            return Refuse($"issuer_id is not a well-formed {IssuerId.Prefix}_ tagged ID");
        }

        if (!ServiceAccountId.TryParse(body.Target.ServiceAccountId, out var accountId))
        {
            return Refuse(MalformedAccount);
        }

        if (body.AppliesToAllWorkspaces == true && body.WorkspaceId is not null)
        {
            return Refuse("workspace_id: not together with applies_to_all_workspaces.");
        }

        if (!RuleSettings.TryReadName(body.SubjectType, SubjectType.Workload, out var subjectType))
        {
            return Refuse("subject_type: workload or person is required.");
        }

        var blank = new Rule
        {
            Id = RuleId.New(),
            OrganizationId = organizationId,
            Name = body.Name,
            Description = body.Description ?? "",
            IssuerId = issuerId,
            ServiceAccountId = accountId,
            Match = match.Value,
            Scopes = SplitScopes(body.OAuthScope ?? ""),
            SubjectType = subjectType,
            TokenLifetimeSeconds = body.TokenLifetimeSeconds ?? DefaultLifetimeSeconds,
            AppliesToAllWorkspaces = body.AppliesToAllWorkspaces ?? false,
            WorkspaceIds = body.WorkspaceId is { } workspace ? [workspace] : [],
            TunnelIds = [],
            EdgeIds = [],
            Stamps = stamps,
        };
        return body.ApplyTo(blank, new(body.ExpiresAt)).TryGet(out var rule, out var refusal)
            ? rule with
            {
                EnforcedVersion = rule.State == RuleState.Enforce ? 1 : null,
            }
            : refusal;
    }

    /// <summary>The next version of a rule.</summary>
    public static Result<Rule> Edit(Rule rule, UpdateRuleRequest body, ChangeStamps stamps)
    {
        if (rule.IsArchived)
        {
            return FederationErrors.Archived.Refuse();
        }

        if (body.Version is { } expected && CheckVersion(rule, expected) is { } changed)
        {
            return changed;
        }

        var match = body.Match is null ? rule.Match : RuleMatchReader.Read(body.Match);
        if (!match.IsOk)
        {
            return match.Refusal;
        }

        if (CheckShape(body.Attributes, body.Target) is { } bad)
        {
            return bad;
        }

        var accountId = rule.ServiceAccountId;
        if (body.Target is { } target && !ServiceAccountId.TryParse(target.ServiceAccountId, out accountId))
        {
            return Refuse(MalformedAccount);
        }

        if (!body.ApplyTo(rule, body.ExpiresAt).TryGet(out var edited, out var refusal))
        {
            return refusal;
        }

        return edited.Next(edited.State, stamps) with
        {
            Name = body.Name ?? rule.Name,
            Description = body.Description.IsSet ? body.Description.Value ?? "" : rule.Description,
            ServiceAccountId = accountId,
            Match = match.Value,
            Scopes = body.OAuthScope is { } scope ? SplitScopes(scope) : rule.Scopes,
            TokenLifetimeSeconds = body.TokenLifetimeSeconds ?? rule.TokenLifetimeSeconds,
            AppliesToAllWorkspaces = body.AppliesToAllWorkspaces ?? rule.AppliesToAllWorkspaces,
        };
    }

    /// <summary>Null if the caller has read the newest version.</summary>
    public static Refusal? CheckVersion(Rule rule, int expected) =>
        expected == rule.Version
            ? null
            : FederationErrors.Changed.Refuse($"version: the rule is at version {rule.Version} by now.");

    private static Refusal? CheckShape(JsonElement? attributes, TargetDocument? target)
    {
        if (attributes is { } given && !IsEmpty(given))
        {
            return RequestErrors.Invalid.Refuse("attributes: reserved; only an empty object is accepted.");
        }

        return target is { Type: not TargetDocument.ServiceAccountType }
            ? RequestErrors.Invalid.Refuse("target.type: service_account is required.")
            : null;
    }

    private static bool IsEmpty(JsonElement attributes) =>
        attributes.ValueKind == JsonValueKind.Null
        || (attributes.ValueKind == JsonValueKind.Object && !attributes.EnumerateObject().Any());

    private static string[] SplitScopes(string oauthScope) =>
        oauthScope.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Result<Rule> Refuse(string message) => RequestErrors.Invalid.Refuse(message);
}
