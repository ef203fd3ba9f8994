using System.Collections.Frozen;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation;

/// <summary>
/// Holds the present <see cref="FederationSnapshot"/> and swaps it whole: at start, and after each committed change of
/// any node, before that change is answered. A reading that fails makes it stale, and nothing is decided on a stale one: an
/// archived rule must not go on granting because the database was slow.
/// </summary>
internal sealed class FederationDirectory(
    IIssuerStore issuers,
    IRuleStore rules,
    IServiceAccountStore accounts,
    IMembershipStore memberships,
    ITenantStore tenants,
    IssuerKeysFactory keysFactory,
    IChanges changes,
    ServiceOptions options,
    ILogger<FederationDirectory> logger
) : IHostedService, IDisposable
{
    // One reload at a time, so that an older reading never replaces a newer one.
    private readonly SemaphoreSlim reloading = new(1);
    private volatile FederationSnapshot current = FederationSnapshot.Empty;
    private volatile bool isStale = true;

    public FederationSnapshot Current => current;

    /// <summary>Whether a committed change may be missing from <see cref="Current"/>.</summary>
    public bool IsStale => isStale || !changes.IsCurrent;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        changes.Subscribe(ChangeTopics.Federation, ReloadAsync);
        await keysFactory.LoadAsync(cancellationToken);
        await ReloadAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads everything anew.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await reloading.WaitAsync(cancellationToken);
        try
        {
            current = await ReadAsync(cancellationToken);
            isStale = false;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            isStale = true;
            Log.DirectoryStale(logger, fault);
            throw;
        }
        finally
        {
            reloading.Release();
        }
    }

    public void Dispose() => reloading.Dispose();

    private async Task<FederationSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var before = current;
        var allIssuers = await issuers.AllAsync(cancellationToken);
        var allAccounts = await accounts.AllAsync(cancellationToken);
        var roles = (await memberships.AllAsync(cancellationToken))
            .GroupBy(membership => membership.ServiceAccountId.Value, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => new AccountRoles(
                    group.ToFrozenDictionary(m => m.WorkspaceId.Value, m => m.Role, StringComparer.Ordinal)
                ),
                StringComparer.Ordinal
            );
        var allRules = await rules.AllAsync(cancellationToken);

        // An issuer whose source did not change keeps the keys it has, so that an edit elsewhere costs no fetch.
        var keys = allIssuers.ToDictionary(
            issuer => issuer.Id.Value,
            issuer => before.KeysOf(issuer.Id) is { } known && known.IsFor(issuer) ? known : keysFactory.Create(issuer)
        );
        var issuersById = allIssuers.ToDictionary(issuer => issuer.Id.Value);
        var accountsById = allAccounts.ToDictionary(account => account.Id.Value);
        var defaults = new Dictionary<string, string>(StringComparer.Ordinal);
        var compiled = new List<CompiledRule>(allRules.Count);
        foreach (var rule in allRules)
        {
            if (!defaults.TryGetValue(rule.Latest.OrganizationId, out var defaultWorkspace))
            {
                var workspace = await tenants.DefaultWorkspaceAsync(rule.Latest.OrganizationId, cancellationToken);
                defaults[rule.Latest.OrganizationId] = defaultWorkspace = workspace.Id.Value;
            }

            var candidate = rule.Enforced is null ? null : Compile(rule.Latest, defaultWorkspace, null);
            compiled.Add(Compile(rule.InForce ?? rule.Latest, defaultWorkspace, candidate));
        }

        CompiledRule Compile(Rule rule, string defaultWorkspace, CompiledRule? candidate) =>
            new(
                rule,
                issuersById[rule.IssuerId.Value],
                accountsById[rule.ServiceAccountId.Value],
                keys[rule.IssuerId.Value],
                options.PublicUrl,
                defaultWorkspace,
                roles.GetValueOrDefault(rule.ServiceAccountId.Value, AccountRoles.None),
                candidate
            );

        return new FederationSnapshot(
            compiled,
            [.. keys.Values],
            allAccounts,
            key => issuersById[key.IssuerId.Value].Name
        );
    }
}
