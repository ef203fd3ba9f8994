using System.Collections.Concurrent;
using Culvert.Jose.Keys;
using Culvert.Platform.Certificates;
using Culvert.Platform.Dns;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// Gets a public certificate for each wanted name and keeps it fresh. One order at a time; everything that decides when
/// the next one is due survives a restart.
/// </summary>
internal sealed class AcmeRenewer : IDisposable
{
    private readonly AcmeSettings settings;
    private readonly AcmeStore store;
    private readonly AcmeLeaves leaves;
    private readonly IChallengeGate gate;
    private readonly ChallengeRegistry registry;
    private readonly KeyType keyType;
    private readonly string instance;
    private readonly AgentMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger<AcmeRenewer> logger;
    private readonly AcmeJournal journal;
    private readonly DnsClient dns;
    private readonly AsyncSignal signal;
    private readonly ConcurrentDictionary<string, AcmeName> names = new(StringComparer.OrdinalIgnoreCase);
    private volatile IReadOnlyList<string> wanted = [];
    private volatile string? account;
    private volatile string? issuer;
    private (string? Issuer, string? Account) told; // of the run alone
    private SigningKey? key;
    private AcmeClient? client;

    /// <param name="settings">The CA; without a directory nothing is ever ordered.</param>
    /// <param name="keyType">Of new keys.</param>
    /// <param name="instance">This agent, and where it stores account and certificates.</param>
    /// <param name="leaves">Where certificates are served from.</param>
    /// <param name="challenges">How challenges are announced, and which ones others have announced.</param>
    /// <param name="records">Counts, logs and records orders.</param>
    /// <param name="time">The clock.</param>
    public AcmeRenewer(
        AcmeSettings settings,
        KeyType keyType,
        AcmeInstance instance,
        AcmeLeaves leaves,
        AcmeChallengeSources challenges,
        AcmeRecords records,
        TimeProvider time
    )
    {
        (this.settings, this.keyType, this.leaves, this.time) = (settings, keyType, leaves, time);
        (gate, registry) = (challenges.Gate, challenges.Registry);
        (this.instance, metrics) = (instance.Id, records.Metrics);
        journal = new AcmeJournal(records.Trail, settings.Directory, time);
        logger = records.Loggers.CreateLogger<AcmeRenewer>();
        store = new AcmeStore(instance.State, settings.Directory);
        dns = new DnsClient(new DnsClientOptions { Servers = settings.Resolvers }, time);
        signal = new AsyncSignal(time);
    }

    /// <summary>Of the CA; empty without one.</summary>
    public string Directory => settings.Directory;

    /// <summary>Where the account lives; null before there is one.</summary>
    public string? Account => account;

    /// <summary>By this name the CA goes in CAA records; null while that is not known.</summary>
    public string? Issuer => issuer;

    /// <summary>Resolves the names of the CA's servers; null: the resolver of the system does.</summary>
    public IHostResolver? Resolver { get; init; }

    /// <summary>How the CA's servers are reached; null: directly.</summary>
    public NetworkSource? Network { get; init; }

    /// <summary>Called when there is another account.</summary>
    public Action? AccountChanged { get; init; }

    /// <summary>The status of each wanted name.</summary>
    public IReadOnlyList<AcmeStatus> Status =>
        [.. wanted.Select(n => names.GetValueOrDefault(n)?.Status).OfType<AcmeStatus>()];

    /// <summary>Names that are to be certified from now on; others keep what they have on the disk.</summary>
    public void SetNames(IReadOnlyList<string> next)
    {
        if (!next.SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var name in next)
            {
                names.GetOrAdd(name, NewName);
            }

            wanted = next;
            leaves.Retain(next);
            foreach (var name in next)
            {
                names[name].Serve();
            }

            signal.Set();
        }
    }

    /// <summary>Orders and renews until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = wanted.Select(n => names[n]).MinBy(n => n.DueAt);
            var wait = next is null ? TimeSpan.MaxValue : next.DueAt - time.GetUtcNow();
            if (wait > TimeSpan.Zero || next is null)
            {
                await signal.WaitAsync(wait, cancellationToken);
                continue;
            }

            await ProcessAsync(next, cancellationToken);
            Save();
        }
    }

    public void Dispose() => key?.Dispose();

    private async Task ProcessAsync(AcmeName name, CancellationToken cancellationToken)
    {
        try
        {
            var ca = await ClientAsync(cancellationToken);
            if (name.IsRenewalDue)
            {
                await OrderAsync(ca, name, cancellationToken);
            }

            await UpdateRenewalInfoAsync(ca, name, cancellationToken);
        }
        catch (AcmeException e)
        {
            Fail(name, e.Reason, e.Message, e.RetryAfter);
            client = null; // the next attempt requests the directory again
            if (e.Reason == AcmeReason.AccountUnknown)
            {
                ForgetAccount();
            }
        }
        catch (StateDirectoryException e)
        {
            // Without a kept account key every restart would make another account.
            Fail(name, AcmeReason.SecretUnavailable, e.Message, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Any error in the answer of a CA: the agent continues to serve, and the other names are processed.
            Log.PublicLeafFault(logger, e, name.Name);
            Fail(name, AcmeReason.AnswerInvalid, $"An internal error of the agent: {e.GetType().Name}.", null);
            client = null;
        }
    }

    private async Task OrderAsync(AcmeClient ca, AcmeName name, CancellationToken cancellationToken)
    {
        if (registry.BusyFor(name.Name) is { } busy)
        {
            throw new AcmeException(AcmeReason.ChallengeTaken, $"order: {name.Name} is being proven just now.", busy);
        }

        await CheckCaaAsync(ca, name, cancellationToken);

        // From here on the CA counts: an agent that is killed meanwhile does not begin again at once.
        using var entry = journal.Begin(name.Name, ca.Account!, name.Pair);
        name.Begin();
        Save();
        var directory = await ca.DirectoryAsync(cancellationToken);
        var replaces = directory.RenewalInfo is not null && name.Pair is { } old ? AcmeRequest.GetRenewalId(old) : null;
        var issuer = new AcmeIssuer(ca, gate, keyType, time);
        var pair = await issuer.IssueAsync(name.Name, replaces, entry, cancellationToken);
        entry.Issued(pair);
        name.SetCertificate(pair);
        leaves.Retain(wanted); // an order takes minutes: the name may not be wanted any more
        metrics.PublicOrder(name.Name, "issued");
        Log.PublicLeafIssued(logger, name.Name, pair.Serial, pair.NotAfter, name.DueAt);
    }

    // S24, before each order: what binds the name now need not have done so the last time.
    private async Task CheckCaaAsync(AcmeClient ca, AcmeName name, CancellationToken cancellationToken)
    {
        var finding = await CaaAsync(ca, name.Name, cancellationToken);
        name.Caa = finding.Detail;
        if (finding is { IsBound: false, Reason: { } reason })
        {
            if (!settings.DangerousAllowUnbound)
            {
                throw new AcmeException(reason, finding.Detail);
            }

            Log.DangerousUnboundName(logger, name.Name, AcmeException.Code(reason), finding.Detail);
        }
    }

    private async Task<CaaFinding> CaaAsync(AcmeClient ca, string name, CancellationToken cancellationToken)
    {
        var directory = await ca.DirectoryAsync(cancellationToken);
        IReadOnlyList<string> identities =
            settings.CaaIdentity.Length > 0 ? [settings.CaaIdentity] : directory.CaaIdentities;
        var answer = DnsName.TryParse(name, out var parsed)
            ? await CaaLookup.FindAsync(dns, parsed, cancellationToken)
            : throw new AcmeException(AcmeReason.RejectedIdentifier, $"{name} does not exist in DNS.");
        return CaaPolicy.Judge(name, answer, identities, ca.Account!);
    }

    // Only hints: without them, a certificate is renewed at two thirds of its lifetime.
    private async Task UpdateRenewalInfoAsync(AcmeClient ca, AcmeName name, CancellationToken cancellationToken)
    {
        if (!name.IsAskDue || name.Pair is not { } pair || AcmeRequest.GetRenewalId(pair) is not { } id)
        {
            return;
        }

        try
        {
            name.SetRenewalWindow(await ca.RenewalAsync(id, cancellationToken));
        }
        catch (AcmeException e)
        {
            name.FailRenewalInfo(e.Reason);
            Log.RenewalInfoFailed(logger, name.Name, e.Message);
        }
    }

    private async Task<AcmeClient> ClientAsync(CancellationToken cancellationToken)
    {
        if (client is null)
        {
            key?.Dispose();
            (key, account) = store.LoadOrCreateAccount();
            client = new AcmeClient(settings, key, time, Resolver, Network) { Account = account };
        }

        // Before the first signed request: it is where nonces come from.
        var directory = await client.DirectoryAsync(cancellationToken);
        if (client.Account is null)
        {
            account = await client.RegisterAsync(cancellationToken);
            store.SaveAccount(key!, account);
            Log.AccountMade(logger, settings.Directory, account);
        }

        var before = told;
        issuer =
            settings.CaaIdentity.Length > 0 ? settings.CaaIdentity
            : directory.CaaIdentities is [var first, ..] ? first
            : null;
        told = (issuer, account);
        if (told != before)
        {
            AccountChanged?.Invoke();
        }

        return client;
    }

    // The CA does not know it; the key stays.
    private void ForgetAccount()
    {
        try
        {
            store.SaveAccount(key!, account = null);
        }
        catch (StateDirectoryException e)
        {
            Log.PublicLeafNotKept(logger, e.Message);
        }
    }

    private void Fail(AcmeName name, AcmeReason reason, string detail, TimeSpan? requested)
    {
        var code = AcmeException.Code(reason);
        name.Fail(reason, detail, requested);
        journal.Failed(name.Name, account ?? "", code, detail);
        metrics.PublicOrder(name.Name, code);
        Log.PublicLeafFailed(logger, name.Name, code, detail, name.DueAt);
    }

    private AcmeName NewName(string name)
    {
        var stored = LoadNames().FirstOrDefault(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return new AcmeName(stored ?? new StoredName { Name = name }, instance, leaves, time);
    }

    private IReadOnlyList<StoredName> LoadNames()
    {
        try
        {
            return store.LoadNames();
        }
        catch (StateDirectoryException e)
        {
            Log.PublicLeafNotKept(logger, e.Message);
            return [];
        }
    }

    private void Save()
    {
        try
        {
            // The stored state of other names stays: a route may come back.
            var kept = store.LoadNames().Where(n => !names.ContainsKey(n.Name));
            store.SaveNames([.. names.Values.Select(n => n.Stored), .. kept]);
        }
        catch (StateDirectoryException e)
        {
            Log.PublicLeafNotKept(logger, e.Message);
        }
    }
}
