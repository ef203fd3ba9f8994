using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Culvert.Platform.Certificates;
using Culvert.Platform.Health;
using Culvert.Platform.Programs;
using Culvert.Platform.Timing;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// Obtains, renews and keeps a machine's credentials and follows its feed. Set the callbacks, then call
/// <see cref="RunAsync"/> once. Callbacks are awaited one at a time per kind; a report of a change is sent only after
/// its callback has returned, since the service takes it for an acknowledgement. Dispose of it after the run has ended.
/// </summary>
/// <typeparam name="TFeed">The agent's or the edge's feed.</typeparam>
public sealed class CredentialManager<TFeed> : IDisposable
    where TFeed : class
{
    // A failed loop starts again; meanwhile the other loops continue.
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(5);

    // A service that is away must not hold up a stop.
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private readonly CredentialState<TFeed> state = new();
    private readonly IdentityAccess access;
    private readonly CredentialMetrics metrics;
    private readonly LoopContext<TFeed> context;
    private readonly PlatformCertificateLoop<TFeed> platform;
    private readonly FeedLoop<TFeed> feeds;
    private readonly ReportLoop<TFeed> reports;
    private readonly ServerCertificateLoop? servers;
    private readonly DomainCertificates? domains;
    private readonly TimeProvider networkTime;

    internal CredentialManager(
        CredentialManagerOptions options,
        MachineDialect<TFeed> dialect,
        IdentityAccess access,
        StateDirectory directory,
        ILoggerFactory logs,
        TimeProvider time,
        TimeProvider networkTime
    )
    {
        var log = logs.CreateLogger("Culvert.Credentials");
        var store = new CredentialStore<TFeed>(directory, options.Identity.Url.OriginalString, dialect, log);
        metrics = new CredentialMetrics(Expiries, () => state.LastContact, () => dialect.AuditAlarm);
        context = new LoopContext<TFeed>(dialect, state, store, time, networkTime, Jitter.Unit, log);
        platform = new PlatformCertificateLoop<TFeed>(context, access, metrics, OnIdentityAsync);
        feeds = new FeedLoop<TFeed>(
            context,
            options,
            platform.DemandEnrolment,
            platform.OnWithdrawn,
            OnContactRestored,
            OnFeedAsync
        );
        reports = new ReportLoop<TFeed>(context, () => servers?.Current?.Serial);
        (this.access, this.networkTime) = (access, networkTime);
        if (context is LoopContext<AgentFeed> agent)
        {
            servers = new ServerCertificateLoop(
                agent,
                null,
                options.ServerCertificates ? options.ServerKeyType : null,
                metrics,
                OnServerCertificateAsync
            );
            domains = new DomainCertificates(
                (domain, keyType) =>
                    new ServerCertificateLoop(
                        agent,
                        domain,
                        keyType,
                        metrics,
                        (pair, ct) => DomainCertificateChanged?.Invoke(domain, pair, ct) ?? ValueTask.CompletedTask
                    ),
                SuperviseAsync,
                time
            );
        }
    }

    /// <summary>A new platform certificate is in use: dial new outer connections with it (S10).</summary>
    public Func<MachineIdentity, CancellationToken, ValueTask>? IdentityChanged { get; set; }

    /// <summary>A revision of the feed has come: take it into use.</summary>
    public Func<TFeed, CancellationToken, ValueTask>? FeedChanged { get; set; }

    /// <summary>A new inner-TLS certificate is there: present it from the next handshake on.</summary>
    public Func<KeyAndCertificate, CancellationToken, ValueTask>? ServerCertificateChanged { get; set; }

    /// <summary>
    /// A new certificate for the domain of another provider's tunnel is there (<see cref="UseDomainCertificates"/>): present it from
    /// the next handshake on.
    /// </summary>
    public Func<string, KeyAndCertificate, CancellationToken, ValueTask>? DomainCertificateChanged { get; set; }

    /// <summary>
    /// Who this machine is; null before the first enrolment, and after the service withdrew the last one. It may be
    /// expired while the service is away.
    /// </summary>
    public MachineIdentity? Identity => state.Identity;

    /// <summary>
    /// Why a machine that was enrolled may not serve now: the service withdrew its certificate, or it expired. Null while
    /// it may, and before the first enrolment. Ask every second: serving ends within 5 s (S10).
    /// </summary>
    public string? Withdrawal =>
        state.Identity is not { } identity ? state.Withdrawal
        : context.Now > identity.Document.NotAfter
            ? $"The platform certificate {identity.Credential.Serial} expired at {identity.Document.NotAfter:u}."
        : null;

    /// <summary>The feed in force; null before the first.</summary>
    public TFeed? Feed => state.Feed;

    /// <summary>The inner-TLS certificate in use; null before the first, and in manual mode.</summary>
    public KeyAndCertificate? ServerCertificate => servers?.Current;

    /// <summary>The same as the service described it, set before the certificate is; null before the first.</summary>
    public CertificateDocument? ServerCertificateDocument => servers?.Document;

    /// <summary>Whether another inner-TLS certificate is wanted now.</summary>
    public bool IsServerCertificateDue => servers?.IsDue ?? false;

    /// <summary>
    /// The machine API with the present identity; null before the first. A renewal makes another one and disposes of
    /// this: ask for it at each use.
    /// </summary>
    public MachineClient? Machine => state.Client;

    /// <summary>The platform roots in force; null before the first enrolment.</summary>
    public PlatformTrust? Trust => state.Trust;

    /// <summary>Serials that peers must no longer show, from the feed.</summary>
    public RevokedSerialSet RevokedSerials => state.RevokedSerials;

    /// <summary>When the service last answered the feed; survives a restart.</summary>
    public DateTimeOffset? LastContact => state.LastContact;

    /// <summary>What must be so for this machine to work: for <c>/readyz</c>.</summary>
    public IReadOnlyList<ReadinessCheck> Checks =>
        servers is null
            ? [ReadinessCheck.Create("platform_certificate", CheckIdentity), ReadinessCheck.Create("feed", CheckFeed)]
            :
            [
                ReadinessCheck.Create("platform_certificate", CheckIdentity),
                ReadinessCheck.Create("feed", CheckFeed),
                ReadinessCheck.Create("server_certificate", CheckServer),
            ];

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await platform.RestoreAsync(cancellationToken);
        await feeds.RestoreAsync(cancellationToken);
        await (servers?.RestoreAsync(cancellationToken) ?? Task.CompletedTask);
        try
        {
            await Task.WhenAll(
                SuperviseAsync("platform certificate", platform.RunAsync, cancellationToken),
                SuperviseAsync("feed", feeds.RunAsync, cancellationToken),
                SuperviseAsync("report", reports.RunAsync, cancellationToken),
                servers is null
                    ? Task.CompletedTask
                    : SuperviseAsync("server certificate", servers.RunAsync, cancellationToken),
                domains is null
                    ? Task.CompletedTask
                    : SuperviseAsync("certificates of domains", domains.RunAsync, cancellationToken)
            );
        }
        finally
        {
            await FarewellAsync();
        }
    }

    /// <summary>An agent's inner-TLS certificates: of which key from now on, or null for none.</summary>
    public void UseServerCertificates(KeyType? keyType) => servers?.Use(keyType);

    /// <summary>
    /// An agent's certificates for the domains of other providers' tunnels: for these from now on, in lower case. The tunnel must have
    /// each as an approved hostname (<c>*.domain</c>).
    /// </summary>
    public void UseDomainCertificates(IReadOnlyCollection<string> names, KeyType keyType) =>
        domains?.Use(names, keyType);

    /// <summary>Why there is no newer certificate for such a domain; null after a success, and before the first request.</summary>
    public string? FindDomainFailure(string domain) => domains?.Find(domain)?.Failure?.ToString();

    /// <summary>
    /// Makes another way to prove this machine ready, and changes nothing yet: the action puts it in force, for the next
    /// enrolment or renewal and for one that waits after a failure, and the network's settings for every new dial. The
    /// service's URLs are not reloaded: the stored state belongs to them.
    /// </summary>
    /// <exception cref="IOException">The folder of kept tokens cannot be used.</exception>
    public Action PrepareIdentity(IdentityOptions identity)
    {
        try
        {
            var use = access.Prepare(identity);
            return () =>
            {
                use();
                platform.RetryNow();
            };
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Asks for a report, after something in the caller's part of it has changed.</summary>
    public void RequestReport() => reports.Request();

    public void Dispose()
    {
        metrics.Dispose();
        state.Client?.Dispose();
    }

    // So that the service does not wait for the acknowledgement of a machine that was stopped on purpose.
    private async Task FarewellAsync()
    {
        using var limit = new CancellationTokenSource(FarewellLimit, networkTime);
        try
        {
            await reports.SendLastAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It is counted for as long as after a crash.
        }
    }

    private async ValueTask OnIdentityAsync(MachineIdentity identity, CancellationToken ct)
    {
        await (IdentityChanged?.Invoke(identity, ct) ?? ValueTask.CompletedTask);
        feeds.Wake();
        servers?.Wake();
        domains?.Wake();
        reports.Request();
    }

    // What waits out an outage need not wait any longer: an expired leaf is an outage of its own.
    private void OnContactRestored()
    {
        platform.RetryNow();
        servers?.RetryNow();
        domains?.RetryNow();
    }

    private async ValueTask OnFeedAsync(TFeed feed, CancellationToken ct)
    {
        context.Dialect.Observe(feed, state.Trust!);
        await (FeedChanged?.Invoke(feed, ct) ?? ValueTask.CompletedTask);
        servers?.Wake();
        domains?.Wake();
        reports.Request();
    }

    private async ValueTask OnServerCertificateAsync(KeyAndCertificate certificate, CancellationToken ct)
    {
        await (ServerCertificateChanged?.Invoke(certificate, ct) ?? ValueTask.CompletedTask);
        reports.Request();
    }

    // The root of each loop: it must outlive whatever goes wrong in one turn, or the machine ends with its certificate.
    private async Task SuperviseAsync(string name, Func<CancellationToken, Task> loop, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await loop(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                Log.LoopFaulted(context.Log, e, name);
                await Task.Delay(RestartDelay, context.Time, ct);
            }
        }
    }

    private IEnumerable<(string, DateTimeOffset)> Expiries()
    {
        if (state.Identity is { } identity)
        {
            yield return ("platform", identity.Document.NotAfter);
        }

        if (servers?.Current is { } server)
        {
            yield return ("server", server.NotAfter);
        }
    }

    private string? CheckIdentity() =>
        Withdrawal is { } reason ? $"{reason} {state.IdentityFailure}".TrimEnd()
        : state.Identity is null ? $"Not enrolled yet. {state.IdentityFailure}".TrimEnd()
        : null;

    private string? CheckFeed() => state.Feed is null ? $"No feed yet. {state.FeedFailure}".TrimEnd() : null;

    private string? CheckServer() =>
        servers is { IsWanted: false } ? null
        : servers?.Current is not { } server ? $"None yet. {servers?.Failure}".TrimEnd()
        : context.Now > server.NotAfter ? $"Expired at {server.NotAfter:u}. {servers.Failure}".TrimEnd()
        : null;
}
