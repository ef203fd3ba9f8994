using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Simulation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Administration;

internal sealed class RuleEndpoints(
    IRuleStore store,
    RuleValidator validator,
    RuleReviewer reviewer,
    RuleApproval approval,
    RuleDocuments documents,
    FederationChanges changes,
    PolicyReplayEndpoint replay,
    TimeProvider time
)
{
    private const string List = "federation_rules";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.CreateRuleRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        var stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId);
        if (!RuleDrafts.New(body, request.Caller.OrganizationId, stamps).TryGet(out var rule, out refusal))
        {
            return refusal;
        }

        if (await validator.CheckAsync(rule, request.Caller, cancellationToken) is { } invalid)
        {
            return invalid;
        }

        var reviewResult = await reviewer.ReviewAsync(
            rule,
            before: null,
            body.Tests,
            body.LintJustification,
            cancellationToken
        );
        if (!reviewResult.TryGet(out var review, out refusal))
        {
            return refusal;
        }

        rule = await approval.ApplyAsync(before: null, rule, cancellationToken);
        var change = Audited(request, AuditEvents.FederationRuleCreated, rule, review, body.LintJustification);
        return
            await changes.CommitAsync(change, [.. store.Insert(rule), .. review.Statements], cancellationToken)
                is { } refused
            ? refused
            : documents.Answer(rule, review.Tests);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List, FederationJson.MaxPage).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var issuer = request.Query("issuer_id");
        if (issuer is not null && !IssuerId.TryParse(issuer, out _))
        {
            return Malformed("issuer_id", IssuerId.Prefix);
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, issuer, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => documents.Create(row.Value)),
            FederationJson.Default.PageRuleDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } rule
            ? await documents.AnswerAsync(rule, cancellationToken)
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> ListVersionsAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = request.Route("id");
        var pageResult = PageRequest.Read(request, $"federation_rules/{id}", FederationJson.MaxPage);
        if (!pageResult.TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var organization = request.Caller.OrganizationId;
        var found = await store.ListVersionsAsync(organization, id, page, cancellationToken);
        if (found.Count == 0 && await FindAsync(request, cancellationToken) is null)
        {
            return RequestErrors.NotFound.Refuse();
        }

        return ApiAnswer.Json(
            page.Cut(found, rule => rule.Version).Select(documents.Create),
            FederationJson.Default.PageRuleDocument
        );
    }

    public async ValueTask<ApiAnswer> GetVersionAsync(ApiRequest request, CancellationToken cancellationToken) =>
        int.TryParse(request.Route("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && await store.FindVersionAsync(request.Caller.OrganizationId, request.Route("id"), version, cancellationToken)
            is { } rule
            ? await documents.AnswerAsync(rule, cancellationToken)
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.UpdateRuleRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } rule)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (ReasonRequest.CheckOptional(body.Reason) is { } tooLong)
        {
            return tooLong;
        }

        var isNamed = request.Http.Request.Query.TryGetValue("dry_run", out var dryRun);
        if (isNamed && dryRun.ToString() is not ("true" or "false"))
        {
            // A typing error must not turn a dry run into a change.
            return RequestErrors.Invalid.Refuse("dry_run: true or false.");
        }

        if (isNamed && dryRun == "true")
        {
            return await replay.DryRunAsync(request, rule, body, cancellationToken);
        }

        var stamps = rule.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId);
        if (!RuleDrafts.Edit(rule, body, stamps).TryGet(out var updated, out refusal))
        {
            return refusal;
        }

        if (await validator.CheckChangeAsync(rule, updated, request.Caller, cancellationToken) is { } invalid)
        {
            return invalid;
        }

        var reviewResult = await reviewer.ReviewAsync(
            updated,
            rule,
            body.Tests,
            body.LintJustification,
            cancellationToken
        );
        if (!reviewResult.TryGet(out var review, out refusal))
        {
            return refusal;
        }

        updated = await approval.ApplyAsync(rule, updated, cancellationToken);
        var change = Audited(
            request,
            AuditEvents.FederationRuleUpdated,
            updated,
            review,
            body.LintJustification,
            body.Reason
        );
        return
            await changes.CommitAsync(change, [.. store.Update(updated), .. review.Statements], cancellationToken)
                is { } refused
            ? refused
            : documents.Answer(updated, review.Tests);
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await ReasonRequest.ReadAsync(request, cancellationToken)).TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } rule)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (rule.IsArchived)
        {
            return await documents.AnswerAsync(rule, cancellationToken);
        }

        var stamps = rule.Stamps.Archived(time.GetStoreNow(), request.Caller.ActorId);
        var archived = rule.Next(rule.State, stamps) with { WorkspaceIds = [] };
        var change = Audited(request, AuditEvents.FederationRuleArchived, archived, reason: wanted.Reason);
        return await changes.CommitAsync(change, store.Update(archived), cancellationToken) is { } refused
            ? refused
            : await documents.AnswerAsync(archived, cancellationToken);
    }

    private static Refusal Malformed(string member, string prefix) =>
        RequestErrors.Invalid.Refuse($"{member} is not a well-formed {prefix}_ tagged ID");

    private ValueTask<Rule?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private RuleAudited Audited(
        ApiRequest request,
        string name,
        Rule rule,
        RuleReview? review = null,
        string? justification = null,
        string? reason = null
    ) => new(name, AuditOrigin.From(request, time.GetUtcNow()), rule, review?.Warnings ?? [], justification, reason);
}
