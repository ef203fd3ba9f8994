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
/// Obtains, renews and stores a machine's credentials and follows its feed. Set the callbacks, then call
/// <see cref="RunAsync"/> once. Callbacks of a kind are awaited in turn. A change is reported only after its callback
/// has returned, because the service takes a report for an acknowledgement.
/// </summary>
public sealed class CredentialManager<TFeed> : IDisposable
    where TFeed : class
{
    // A failed loop restarts; the other loops continue.
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(5);

    // An unreachable service must not delay a stop.
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

    /// <summary>A revision of the feed has arrived: apply it.</summary>
    public Func<TFeed, CancellationToken, ValueTask>? FeedChanged { get; set; }

    /// <summary>A new inner-TLS certificate is available: present it from the next handshake on.</summary>
    public Func<KeyAndCertificate, CancellationToken, ValueTask>? ServerCertificateChanged { get; set; }

    /// <summary>A new certificate for another provider's domain: present it from the next handshake on.</summary>
    public Func<string, KeyAndCertificate, CancellationToken, ValueTask>? DomainCertificateChanged { get; set; }

    /// <summary>Null before the first enrolment and after a withdrawal; may be expired during an outage.</summary>
    public MachineIdentity? Identity => state.Identity;

    /// <summary>
    /// Why an enrolled machine may not serve: its certificate was withdrawn or has expired. Null while it may serve,
    /// and before the first enrolment. Check it every second: serving must stop within 5 s (S10).
    /// </summary>
    public string? Withdrawal =>
        state.Identity is not { } identity ? state.Withdrawal
        : context.Now > identity.Document.NotAfter
            ? $"The platform certificate {identity.Credential.Serial} expired at {identity.Document.NotAfter:u}."
        : null;

    /// <summary>The current feed; null before the first.</summary>
    public TFeed? Feed => state.Feed;

    /// <summary>The inner-TLS certificate in use; null before the first, and in manual mode.</summary>
    public KeyAndCertificate? ServerCertificate => servers?.Current;

    /// <summary>The service's description of the inner-TLS certificate, set before the certificate is.</summary>
    public CertificateDocument? ServerCertificateDocument => servers?.Document;

    public bool IsServerCertificateDue => servers?.IsDue ?? false;

    /// <summary>The machine API with the current identity. A renewal disposes of it: read it at each use.</summary>
    public MachineClient? Machine => state.Client;

    /// <summary>The current platform roots; null before the first enrolment.</summary>
    public PlatformTrust? Trust => state.Trust;

    /// <summary>Serials of peer certificates that the feed revokes.</summary>
    public RevokedSerialSet RevokedSerials => state.RevokedSerials;

    /// <summary>When the service last answered the feed; survives a restart.</summary>
    public DateTimeOffset? LastContact => state.LastContact;

    /// <summary>The readiness checks for <c>/readyz</c>.</summary>
    public IReadOnlyList<ReadinessCheck> Checks =>
        servers is null
            ? [ReadinessCheck.Create("platform_certificate", CheckIdentity), ReadinessCheck.Create("feed", CheckFeed)]
            :
            [
                ReadinessCheck.Create("platform_certificate", CheckIdentity),
                ReadinessCheck.Create("feed", CheckFeed),
                ReadinessCheck.Create("server_certificate", CheckServer),
            ];

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

    /// <summary>Sets the key type of an agent's inner-TLS certificates; null for none.</summary>
    public void UseServerCertificates(KeyType? keyType) => servers?.Use(keyType);

    /// <summary>
    /// Sets the domains of other providers' tunnels that need certificates, in lower case. The tunnel must have each as
    /// an approved hostname (<c>*.domain</c>).
    /// </summary>
    public void UseDomainCertificates(IReadOnlyCollection<string> names, KeyType keyType) =>
        domains?.Use(names, keyType);

    /// <summary>Why there is no newer certificate for such a domain; null after a success.</summary>
    public string? FindDomainFailure(string domain) => domains?.Find(domain)?.Failure?.ToString();

    /// <summary>
    /// Prepares another way to prove this machine. The returned action applies it to the next enrolment or renewal, and
    /// the network settings to each new dial. The service's URLs are not reloaded: the stored state belongs to them.
    /// </summary>
    /// <exception cref="IOException">The token folder cannot be used.</exception>
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

    /// <summary>Requests a report after the caller's part of it has changed.</summary>
    public void RequestReport() => reports.Request();

    public void Dispose()
    {
        metrics.Dispose();
        state.Client?.Dispose();
    }

    // The service then does not wait for the acknowledgement of a machine that was stopped on purpose.
    private async Task FarewellAsync()
    {
        using var limit = new CancellationTokenSource(FarewellLimit, networkTime);
        try
        {
            await reports.SendLastAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The service counts the machine as long as after a crash.
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

    // Ends the waits that an outage caused: an expired leaf is an outage of its own.
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

    // The root of each loop: it must survive any exception of one turn, or the machine loses its certificate.
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
        servers is { IsRequested: false } ? null
        : servers?.Current is not { } server ? $"None yet. {servers?.Failure}".TrimEnd()
        : context.Now > server.NotAfter ? $"Expired at {server.NotAfter:u}. {servers.Failure}".TrimEnd()
        : null;
}
