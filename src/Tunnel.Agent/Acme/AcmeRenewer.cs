using System.Collections.Concurrent;
using Culvert.Jose.Keys;
using Culvert.Platform.Certificates;
using Culvert.Platform.Dns;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Orders and renews public certificates, one order at a time. Its schedule survives a restart.</summary>
internal sealed class AcmeRenewer : IDisposable
{
    private readonly AcmeSettings settings;
    private readonly AcmeStore store;
    private readonly NamedLeaves leaves;
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
    private volatile IReadOnlyList<string> requested = [];
    private volatile string? account;
    private volatile string? issuer;
    private (string? Issuer, string? Account) reported; // at the last AccountChanged of this run
    private SigningKey? key;
    private AcmeClient? client;

    /// <param name="settings">The CA; without a directory the renewer orders nothing.</param>
    /// <param name="instance">This agent, and the state directory of account and certificates.</param>
    /// <param name="challenges">Announces challenges, and knows those of other agents.</param>
    public AcmeRenewer(
        AcmeSettings settings,
        KeyType keyType,
        AcmeInstance instance,
        NamedLeaves leaves,
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

    /// <summary>The CA's directory URL; empty without a CA.</summary>
    public string Directory => settings.Directory;

    /// <summary>The account's URL; null before it exists.</summary>
    public string? Account => account;

    /// <summary>The CA's name in CAA records; null while it is unknown.</summary>
    public string? Issuer => issuer;

    /// <summary>Resolves the CA's servers; null = the system's resolver.</summary>
    public IHostResolver? Resolver { get; init; }

    /// <summary>The network to the CA's servers; null = a direct connection.</summary>
    public NetworkSource? Network { get; init; }

    public Action? AccountChanged { get; init; }

    public IReadOnlyList<AcmeStatus> Status =>
        [.. requested.Select(n => names.GetValueOrDefault(n)?.Status).OfType<AcmeStatus>()];

    /// <summary>Sets the names to certify; the files of other names stay on the disk.</summary>
    public void SetNames(IReadOnlyList<string> next)
    {
        if (!next.SequenceEqual(requested, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var name in next)
            {
                names.GetOrAdd(name, NewName);
            }

            requested = next;
            leaves.Retain(next);
            foreach (var name in next)
            {
                names[name].Serve();
            }

            signal.Set();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = requested.Select(n => names[n]).MinBy(n => n.DueAt);
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
            // Without a stored account key every restart would create another account.
            Fail(name, AcmeReason.SecretUnavailable, e.Message, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Any error in a CA's response: the agent continues to serve and to process the other names.
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

        // From here on the CA counts the order: an agent that is killed meanwhile does not order again at once.
        using var entry = journal.Begin(name.Name, ca.Account!, name.Pair);
        name.Begin();
        Save();
        var directory = await ca.DirectoryAsync(cancellationToken);
        var replaces = directory.RenewalInfo is not null && name.Pair is { } old ? AcmeRequest.GetRenewalId(old) : null;
        var issuer = new AcmeIssuer(ca, gate, keyType, time);
        var pair = await issuer.IssueAsync(name.Name, replaces, entry, cancellationToken);
        entry.Issued(pair);
        name.SetCertificate(pair);
        leaves.Retain(requested); // an order takes minutes: the name may no longer be wanted
        metrics.PublicOrder(name.Name, "issued");
        Log.PublicLeafIssued(logger, name.Name, pair.Serial, pair.NotAfter, name.DueAt);
    }

    // S24, before each order: the CAA set may have changed since the last one.
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

    // Renewal information is a hint: without it, a certificate is renewed at two thirds of its lifetime.
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

        // Before the first signed request: the directory has the nonce URL.
        var directory = await client.DirectoryAsync(cancellationToken);
        if (client.Account is null)
        {
            account = await client.RegisterAsync(cancellationToken);
            store.SaveAccount(key!, account);
            Log.AccountMade(logger, settings.Directory, account);
        }

        var before = reported;
        issuer =
            settings.CaaIdentity.Length > 0 ? settings.CaaIdentity
            : directory.CaaIdentities is [var first, ..] ? first
            : null;
        reported = (issuer, account);
        if (reported != before)
        {
            AccountChanged?.Invoke();
        }

        return client;
    }

    // The CA does not know the account; the key stays.
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
        return new AcmeName(stored ?? new StoredName(Name: name), instance, leaves, time);
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
            // The stored state of other names stays: the operator may add a route again.
            var kept = store.LoadNames().Where(n => !names.ContainsKey(n.Name));
            store.SaveNames([.. names.Values.Select(n => n.Stored), .. kept]);
        }
        catch (StateDirectoryException e)
        {
            Log.PublicLeafNotKept(logger, e.Message);
        }
    }
}

internal sealed record AcmeInstance(StateDirectory State, string Id);

internal sealed record AcmeRecords(AgentMetrics Metrics, IAuditTrail Trail, ILoggerFactory Loggers);

/// <summary>The gate that announces this agent's challenges, and the registry of all announced ones.</summary>
internal sealed record AcmeChallengeSources(IChallengeGate Gate, ChallengeRegistry Registry);
