using System.Collections.Frozen;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Federation;

/// <summary>
/// Holds the current <see cref="FederationSnapshot"/> and replaces it as a whole: at start, and after each committed
/// change of any node, before that change is answered. A failed read makes it stale, and a stale snapshot decides
/// nothing: an archived rule must not continue to grant because the database was slow.
/// </summary>
internal sealed class FederationDirectory(
    IssuerStore issuers,
    IRuleStore rules,
    ServiceAccountStore accounts,
    MembershipStore memberships,
    TenantStore tenants,
    FederationChangeLog changeLog,
    IssuerKeysFactory keysFactory,
    IChanges changes,
    ServiceIdentity identity,
    ILogger<FederationDirectory> logger
) : IHostedService, IDisposable
{
    // Its lease guards the two fields below.
    private readonly CommittedState state = new(
        changes,
        ChangeTopics.Federation,
        fault => Log.DirectoryStale(logger, fault)
    );
    private readonly Dictionary<string, string> defaultWorkspaces = new(StringComparer.Ordinal);

    private volatile FederationSnapshot current = FederationSnapshot.Empty;

    public FederationSnapshot Current => current;

    /// <summary>Whether a committed change may be missing from <see cref="Current"/>.</summary>
    public bool IsStale => state.IsStale;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        state.Follow(RefreshAsync);
        await keysFactory.LoadAsync(cancellationToken);
        await ReloadAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReloadAsync(CancellationToken cancellationToken) =>
        state.ReadAsync(async cancel => current = await ReadAllAsync(cancel), cancellationToken);

    /// <summary>Reads what changed since the last read, at a cost independent of the number of records.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) =>
        state.ReadAsync(async cancel => current = await ReadChangesAsync(cancel), cancellationToken);

    /// <summary>
    /// Reads the changes of other nodes before an administrative change is decided, even if their notification has not
    /// arrived. Null if read; otherwise the refusal.
    /// </summary>
    public async ValueTask<Refusal?> TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
            return null;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The failure is logged where it occurred; the rights cannot be determined.
            return StorageErrors.Unavailable.Refuse();
        }
    }

    public void Dispose() => state.Dispose();

    private async Task<FederationSnapshot> ReadAllAsync(CancellationToken cancellationToken)
    {
        // The number is read before the state: a change in between is read twice, never missed.
        var latest = await changeLog.LatestAsync(cancellationToken);
        // Rules are read before the records that they refer to, so that none of these is missing.
        var allRules = await rules.AllAsync(cancellationToken);
        var allIssuers = await issuers.AllAsync(cancellationToken);
        var allAccounts = await accounts.AllAsync(cancellationToken);
        var allMemberships = await memberships.AllAsync(cancellationToken);
        var snapshot = new FederationSnapshot(
            PersistentMap<CompiledRule>.Empty,
            PersistentMap<IssuerEntry>.Empty.With(Entries(allIssuers)),
            PersistentMap<AccountEntry>.Empty.With(Entries(allAccounts, allMemberships)),
            latest
        );
        return await WithAsync(snapshot, allRules, cancellationToken);
    }

    private async Task<FederationSnapshot> ReadChangesAsync(CancellationToken cancellationToken)
    {
        var before = current;
        var delta = await changeLog.SinceAsync(before.Sequence, cancellationToken);
        if (delta.IsEmpty)
        {
            return before;
        }

        var changedRules = await rules.FindManyAsync(delta.Rules, cancellationToken);
        var issuerIds = delta
            .Issuers.Union(
                changedRules.Select(rule => rule.Latest.IssuerId.Value).Where(id => before.Issuers.Find(id) is null)
            )
            .ToHashSet(StringComparer.Ordinal);
        // A rule may be newer than the delta and refer to a record of the next one.
        var accountIds = delta
            .Accounts.Union(
                changedRules
                    .SelectMany(rule => new[] { rule.Latest, rule.Enforced ?? rule.Latest })
                    .Select(rule => rule.ServiceAccountId.Value)
                    .Where(id => before.Accounts.Find(id) is null)
            )
            .ToHashSet(StringComparer.Ordinal);
        var changedIssuers = await issuers.FindManyAsync([.. issuerIds], cancellationToken);
        var changedAccounts = await accounts.FindManyAsync([.. accountIds], cancellationToken);
        var changedMemberships = await memberships.OfAccountsAsync([.. accountIds], cancellationToken);

        var issuersAfter = before.Issuers.With(Entries(changedIssuers));
        var accountsAfter = before.Accounts.With(Entries(changedAccounts, changedMemberships));
        var snapshot = new FederationSnapshot(
            before.Rules.With(Referring(before, issuerIds, accountIds, issuersAfter, accountsAfter)),
            issuersAfter,
            accountsAfter,
            delta.Sequence
        );
        return await WithAsync(snapshot, changedRules, cancellationToken);
    }

    /// <summary>The rules that refer to one of these records, with the records' new state.</summary>
    private static IEnumerable<KeyValuePair<string, CompiledRule>> Referring(
        FederationSnapshot before,
        HashSet<string> issuerIds,
        HashSet<string> accountIds,
        PersistentMap<IssuerEntry> issuersAfter,
        PersistentMap<AccountEntry> accountsAfter
    )
    {
        // No rule refers to a record that was just created.
        if (
            !issuerIds.Any(id => before.Issuers.Find(id) is not null)
            && !accountIds.Any(id => before.Accounts.Find(id) is not null)
        )
        {
            return [];
        }

        return before
            .Rules.Values.Where(rule => Refers(rule) || (rule.Candidate is { } candidate && Refers(candidate)))
            .Select(rule => KeyValuePair.Create(rule.Rule.Id.Value, rule.With(issuersAfter, accountsAfter)));

        bool Refers(CompiledRule rule) =>
            issuerIds.Contains(rule.Rule.IssuerId.Value) || accountIds.Contains(rule.Rule.ServiceAccountId.Value);
    }

    private async Task<FederationSnapshot> WithAsync(
        FederationSnapshot snapshot,
        IReadOnlyList<StoredRule> changed,
        CancellationToken cancellationToken
    )
    {
        foreach (var organization in changed.Select(rule => rule.Latest.OrganizationId).Distinct())
        {
            // The default workspace of an organization never changes.
            if (!defaultWorkspaces.ContainsKey(organization))
            {
                var workspace = await tenants.DefaultWorkspaceAsync(organization, cancellationToken);
                defaultWorkspaces.Add(organization, workspace.Id.Value);
            }
        }

        return new FederationSnapshot(
            snapshot.Rules.With(
                changed.Select(rule =>
                    KeyValuePair.Create(
                        rule.Latest.Id.Value,
                        Compile(snapshot, rule.InForce ?? rule.Latest, CompileCandidate(snapshot, rule))
                    )
                )
            ),
            snapshot.Issuers,
            snapshot.Accounts,
            snapshot.Sequence
        );
    }

    private CompiledRule? CompileCandidate(FederationSnapshot snapshot, StoredRule rule)
    {
        var latest = rule.Latest;
        return latest is { State: RuleState.Audit, IsArchived: false }
            ? Compile(snapshot, latest with { EnforcedVersion = latest.Version }, candidate: null)
            : null;
    }

    private CompiledRule Compile(FederationSnapshot snapshot, Rule rule, CompiledRule? candidate)
    {
        var (issuer, keys) = snapshot.Issuers.Find(rule.IssuerId.Value)!;
        var (account, roles) = snapshot.Accounts.Find(rule.ServiceAccountId.Value)!;
        return new CompiledRule(
            rule,
            issuer,
            account,
            keys,
            identity.PublicUrl,
            defaultWorkspaces[rule.OrganizationId],
            roles,
            candidate
        );
    }

    // An issuer whose source did not change keeps its keys, so that an unrelated edit causes no fetch.
    private IEnumerable<KeyValuePair<string, IssuerEntry>> Entries(IReadOnlyList<Issuer> changed) =>
        changed.Select(issuer =>
            KeyValuePair.Create(
                issuer.Id.Value,
                new IssuerEntry(issuer, keysFactory.For(issuer, current.FindKeys(issuer.Id)))
            )
        );

    private static IEnumerable<KeyValuePair<string, AccountEntry>> Entries(
        IReadOnlyList<ServiceAccount> changed,
        IReadOnlyList<Membership> memberships
    )
    {
        var roles = memberships
            .GroupBy(membership => membership.ServiceAccountId.Value, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => new AccountRoles(
                    group.ToFrozenDictionary(m => m.WorkspaceId.Value, m => m.Role, StringComparer.Ordinal)
                ),
                StringComparer.Ordinal
            );
        return changed.Select(account =>
            KeyValuePair.Create(
                account.Id.Value,
                new AccountEntry(account, roles.GetValueOrDefault(account.Id.Value, AccountRoles.None))
            )
        );
    }
}
