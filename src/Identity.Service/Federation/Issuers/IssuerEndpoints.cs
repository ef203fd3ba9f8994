using System.Text.Json;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary><c>/v1/organizations/federation_issuers</c>.</summary>
internal sealed class IssuerEndpoints(
    IIssuerStore store,
    IssuerValidator validator,
    FederationDirectory directory,
    FederationChanges changes,
    TimeProvider time
)
{
    private const string List = "federation_issuers";
    private const int DefaultMaxLifetimeSeconds = 3600;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (body, refusal) = await request.ReadJsonAsync(
            FederationJson.Default.CreateIssuerRequest,
            cancellationToken
        );
        if (body is null)
        {
            return refusal!;
        }

        var (source, badSource) = ReadSource(body.Jwks, new DiscoveryKeySource(null, null));
        var (targets, badTarget) = ReadTargets(body.AllowedTargets, []);
        if ((badSource ?? badTarget) is { } bad)
        {
            return bad;
        }

        var issuer = new Issuer
        {
            Id = IssuerId.New(),
            OrganizationId = request.Caller.OrganizationId,
            Name = body.Name,
            Url = body.IssuerUrl,
            KeySource = source!,
            CheckJti = body.CheckJti ?? true,
            MaxJwtLifetimeSeconds = body.MaxJwtLifetimeSeconds ?? DefaultMaxLifetimeSeconds,
            AllowedTargets = targets!,
            Stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId),
        };
        if (validator.Check(issuer) is { } invalid)
        {
            return invalid;
        }

        var change = Audited(request, AuditEvents.FederationIssuerCreated, issuer);
        return await changes.CommitAsync(change, [store.Insert(issuer)], cancellationToken) is { } refused
            ? refused
            : Answer(issuer);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = PageRequest.Read(request, List, FederationJson.MaxPage);
        if (page is null)
        {
            return refusal!;
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, page, cancellationToken);
        var (rows, next) = page.Cut(found, row => row.Ordinal);
        return ApiAnswer.Json(
            new IssuerListDocument { Data = [.. rows.Select(row => DocumentOf(row.Value))], NextPage = next },
            FederationJson.Default.IssuerListDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } issuer ? Answer(issuer) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (body, refusal) = await request.ReadJsonAsync(
            FederationJson.Default.UpdateIssuerRequest,
            cancellationToken
        );
        if (body is null)
        {
            return refusal!;
        }

        if (body.JwksPollingDisabled == true)
        {
            return RequestErrors.Invalid.Refuse("jwks_polling_disabled: only false is accepted.");
        }

        if (await FindAsync(request, cancellationToken) is not { } issuer)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (issuer.IsArchived)
        {
            return FederationErrors.Archived.Refuse();
        }

        var (source, badSource) = ReadSource(body.Jwks, issuer.KeySource);
        var (targets, badTarget) = ReadTargets(body.AllowedTargets, issuer.AllowedTargets);
        if ((badSource ?? badTarget) is { } bad)
        {
            return bad;
        }

        var updated = issuer with
        {
            Name = body.Name ?? issuer.Name,
            Url = body.IssuerUrl ?? issuer.Url,
            KeySource = source!,
            CheckJti = body.CheckJti ?? issuer.CheckJti,
            MaxJwtLifetimeSeconds = body.MaxJwtLifetimeSeconds ?? issuer.MaxJwtLifetimeSeconds,
            AllowedTargets = targets!,
            Version = issuer.Version + 1,
            Stamps = issuer.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId),
        };
        if ((validator.Check(updated) ?? CheckRules(updated) ?? CheckCaller(request.Caller, updated)) is { } invalid)
        {
            return invalid;
        }

        var change = Audited(request, AuditEvents.FederationIssuerUpdated, updated);
        return await changes.CommitAsync(change, [store.Update(updated)], cancellationToken) is { } refused
            ? refused
            : Answer(updated);
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } issuer)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (issuer.IsArchived)
        {
            return Answer(issuer);
        }

        var archived = issuer with
        {
            Version = issuer.Version + 1,
            Stamps = issuer.Stamps.Archived(time.GetStoreNow(), request.Caller.ActorId),
        };
        var change = Audited(request, AuditEvents.FederationIssuerArchived, archived);
        return await changes.CommitAsync(change, store.Archive(archived), cancellationToken) is { } refused
            ? refused
            : Answer(archived);
    }

    // An issuer that becomes a shared platform must not leave rules behind that admit the platform's every customer.
    private Refusal? CheckRules(Issuer updated) =>
        directory
            .Current.RulesOf(updated.Id)
            .Select(rule => Rules.SharedIssuers.CheckTenantPin(updated.Url, rule.Rule.Match))
            .FirstOrDefault(refusal => refusal is not null);

    // Whoever sets an issuer's keys can mint any token of it: nobody must do so where rules grant more than they hold.
    private Refusal? CheckCaller(Caller caller, Issuer updated) =>
        directory.Current.RulesOf(updated.Id).All(rule => rule.Rule.Scopes.All(scope => Holds(caller, scope)))
            ? null
            : FederationErrors.ScopeNotGrantable.Refuse(
                "Nobody may change an issuer whose rules grant more than the caller holds."
            );

    private static bool Holds(Caller caller, string scope) =>
        (caller.Kind, scope) switch
        {
            (CallerKind.AdminKey, Scopes.EdgeServe or Scopes.OrganizationAdmin) => caller.Has(
                Scopes.InstallationOperate
            ),
            (CallerKind.AdminKey, _) => true,
            _ => caller.Scopes.Contains(scope),
        };

    private static (KeySource?, Refusal?) ReadSource(JsonElement? given, KeySource present) =>
        given is { ValueKind: not JsonValueKind.Null } jwks ? KeySourceReader.Read(jwks) : (present, null);

    private static (IReadOnlyList<AllowedTarget>?, Refusal?) ReadTargets(
        IReadOnlyList<AllowedTargetDocument>? given,
        IReadOnlyList<AllowedTarget> present
    )
    {
        if (given is null)
        {
            return (present, null);
        }

        var targets = new List<AllowedTarget>();
        foreach (var target in given)
        {
            if (
                target is null
                || !AddressRanges.TryParse(target.Cidr, out var network)
                || target.Port is < 1 or > 65535
            )
            {
                return (
                    null,
                    RequestErrors.Invalid.Refuse(
                        "allowed_targets: each needs a cidr (a network address with its prefix length) and a port."
                    )
                );
            }

            targets.Add(new AllowedTarget(network, target.Port));
        }

        return (targets, null);
    }

    private ValueTask<Issuer?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private IssuerAudited Audited(ApiRequest request, string name, Issuer issuer) =>
        new(name, issuer)
        {
            At = time.GetUtcNow(),
            Actor = AuditActor.Of(request),
            OrganizationId = issuer.OrganizationId,
            RequestId = request.RequestId,
            Resources = [new AuditResource("federation_issuer", issuer.Id.Value)],
        };

    private IssuerDocument DocumentOf(Issuer issuer) =>
        IssuerDocument.Of(issuer, directory.Current.KeysOf(issuer.Id)?.PollStatus());

    private ApiAnswer Answer(Issuer issuer) =>
        ApiAnswer.Json(DocumentOf(issuer), FederationJson.Default.IssuerDocument);
}
