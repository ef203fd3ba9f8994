using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary><c>/v1/organizations/federation_rules</c>.</summary>
internal sealed class RuleEndpoints(
    IRuleStore store,
    RuleValidator validator,
    FederationDirectory directory,
    FederationChanges changes,
    TimeProvider time
)
{
    private const string List = "federation_rules";
    private const int DefaultLifetimeSeconds = 3600;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (body, refusal) = await request.ReadJsonAsync(FederationJson.Default.CreateRuleRequest, cancellationToken);
        if (body is null)
        {
            return refusal!;
        }

        var (match, badMatch) = RuleMatchReader.Read(body.Match);
        if ((badMatch ?? CheckShape(body.Attributes, body.Target)) is { } bad)
        {
            return bad;
        }

        if (!IssuerId.TryParse(body.IssuerId, out var issuerId))
        {
            return Malformed("issuer_id", IssuerId.Prefix);
        }

        if (!ServiceAccountId.TryParse(body.Target.ServiceAccountId, out var accountId))
        {
            return Malformed("target.service_account_id", ServiceAccountId.Prefix);
        }

        if (body.AppliesToAllWorkspaces == true && body.WorkspaceId is not null)
        {
            return RequestErrors.Invalid.Refuse("workspace_id: not together with applies_to_all_workspaces.");
        }

        var (options, badOptions) = RuleOptions.Read(body.State, body.Bind, new(body.ExpiresAt), RuleOptions.Default);
        if (options is null)
        {
            return badOptions!;
        }

        var rule = new Rule
        {
            Id = RuleId.New(),
            OrganizationId = request.Caller.OrganizationId,
            Name = body.Name,
            Description = body.Description ?? "",
            IssuerId = issuerId,
            ServiceAccountId = accountId,
            Match = match!,
            Scopes = ScopesOf(body.OAuthScope),
            TokenLifetimeSeconds = body.TokenLifetimeSeconds ?? DefaultLifetimeSeconds,
            AppliesToAllWorkspaces = body.AppliesToAllWorkspaces ?? false,
            WorkspaceIds = body.WorkspaceId is { } workspace ? [workspace] : [],
            TunnelIds = body.TunnelIds ?? [],
            EdgeIds = body.EdgeIds ?? [],
            State = options.State,
            Bind = options.Bind,
            ExpiresAt = options.ExpiresAt,
            EnforcedVersion = options.State == RuleState.Enforce ? 1 : null,
            Stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId),
        };
        if (await validator.CheckAsync(rule, request.Caller, cancellationToken) is { } invalid)
        {
            return invalid;
        }

        var change = Audited(request, AuditEvents.FederationRuleCreated, rule);
        return await changes.CommitAsync(change, store.Insert(rule), cancellationToken) is { } refused
            ? refused
            : Answer(rule);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = PageRequest.Read(request, List, FederationJson.MaxPage);
        if (page is null)
        {
            return refusal!;
        }

        var issuer = request.Query("issuer_id");
        if (issuer is not null && !IssuerId.TryParse(issuer, out _))
        {
            return Malformed("issuer_id", IssuerId.Prefix);
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, issuer, page, cancellationToken);
        var (rows, next) = page.Cut(found, row => row.Ordinal);
        return ApiAnswer.Json(
            new RuleListDocument { Data = [.. rows.Select(row => DocumentOf(row.Value))], NextPage = next },
            FederationJson.Default.RuleListDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } rule ? Answer(rule) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> ListVersionsAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = request.Route("id");
        var (page, refusal) = PageRequest.Read(request, $"federation_rules/{id}", FederationJson.MaxPage);
        if (page is null)
        {
            return refusal!;
        }

        var organization = request.Caller.OrganizationId;
        var found = await store.ListVersionsAsync(organization, id, page, cancellationToken);
        if (found.Count == 0 && await FindAsync(request, cancellationToken) is null)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var (rows, next) = page.Cut(found, rule => rule.Version);
        return ApiAnswer.Json(
            new RuleListDocument { Data = [.. rows.Select(DocumentOf)], NextPage = next },
            FederationJson.Default.RuleListDocument
        );
    }

    public async ValueTask<ApiAnswer> GetVersionAsync(ApiRequest request, CancellationToken cancellationToken) =>
        int.TryParse(request.Route("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && await store.FindVersionAsync(request.Caller.OrganizationId, request.Route("id"), version, cancellationToken)
            is { } rule
            ? Answer(rule)
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (body, refusal) = await request.ReadJsonAsync(FederationJson.Default.UpdateRuleRequest, cancellationToken);
        if (body is null)
        {
            return refusal!;
        }

        if (await FindAsync(request, cancellationToken) is not { } rule)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (rule.IsArchived)
        {
            return FederationErrors.Archived.Refuse();
        }

        if (body.Version is { } expected && expected != rule.Version)
        {
            return FederationErrors.Changed.Refuse($"version: the rule is at version {rule.Version} by now.");
        }

        var (match, badMatch) = body.Match is null ? (rule.Match, null) : RuleMatchReader.Read(body.Match);
        if ((badMatch ?? CheckShape(body.Attributes, body.Target)) is { } bad)
        {
            return bad;
        }

        var accountId = rule.ServiceAccountId;
        if (body.Target is { } target && !ServiceAccountId.TryParse(target.ServiceAccountId, out accountId))
        {
            return Malformed("target.service_account_id", ServiceAccountId.Prefix);
        }

        var (options, badOptions) = RuleOptions.Read(body.State, body.Bind, body.ExpiresAt, RuleOptions.Of(rule));
        if (options is null)
        {
            return badOptions!;
        }

        var stamps = rule.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId);
        var updated = rule.Next(options.State, stamps) with
        {
            Name = body.Name ?? rule.Name,
            Description = body.Description.IsSet ? body.Description.Value ?? "" : rule.Description,
            ServiceAccountId = accountId,
            Match = match!,
            Scopes = body.OAuthScope is { } scope ? ScopesOf(scope) : rule.Scopes,
            TokenLifetimeSeconds = body.TokenLifetimeSeconds ?? rule.TokenLifetimeSeconds,
            AppliesToAllWorkspaces = body.AppliesToAllWorkspaces ?? rule.AppliesToAllWorkspaces,
            TunnelIds = body.TunnelIds ?? rule.TunnelIds,
            EdgeIds = body.EdgeIds ?? rule.EdgeIds,
            Bind = options.Bind,
            ExpiresAt = options.ExpiresAt,
        };
        // A federated caller may neither widen a rule nor take over one that grants more than it holds.
        var invalid = await validator.CheckAsync(rule, request.Caller, cancellationToken)
            is { Code.Status: 403 } notTheirs
            ? notTheirs
            : await validator.CheckAsync(updated, request.Caller, cancellationToken);
        if (invalid is not null)
        {
            return invalid;
        }

        var change = Audited(request, AuditEvents.FederationRuleUpdated, updated);
        return await changes.CommitAsync(change, store.Update(updated), cancellationToken) is { } refused
            ? refused
            : Answer(updated);
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } rule)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (rule.IsArchived)
        {
            return Answer(rule);
        }

        var stamps = rule.Stamps.Archived(time.GetStoreNow(), request.Caller.ActorId);
        var archived = rule.Next(rule.State, stamps) with { WorkspaceIds = [] };
        var change = Audited(request, AuditEvents.FederationRuleArchived, archived);
        return await changes.CommitAsync(change, store.Update(archived), cancellationToken) is { } refused
            ? refused
            : Answer(archived);
    }

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

    private static Refusal Malformed(string member, string prefix) =>
        RequestErrors.Invalid.Refuse($"{member} is not a well-formed {prefix}_ tagged ID");

    private static string[] ScopesOf(string oauthScope) => oauthScope.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private ValueTask<Rule?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private RuleAudited Audited(ApiRequest request, string name, Rule rule) =>
        new(name, rule)
        {
            At = time.GetUtcNow(),
            Actor = AuditActor.Of(request),
            OrganizationId = rule.OrganizationId,
            RequestId = request.RequestId,
            Resources = [new AuditResource("federation_rule", rule.Id.Value)],
        };

    private RuleDocument DocumentOf(Rule rule) =>
        RuleDocument.Of(
            rule,
            directory.Current.IssuerName(rule.IssuerId),
            directory.Current.ServiceAccountName(rule.ServiceAccountId)
        );

    private ApiAnswer Answer(Rule rule) => ApiAnswer.Json(DocumentOf(rule), FederationJson.Default.RuleDocument);
}
