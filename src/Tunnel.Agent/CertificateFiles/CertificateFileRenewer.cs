using Culvert.Machine.Client.CertificateFiles;
using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.CertificateFiles;

/// <summary>
/// Keeps a folder of certificate files current for a TLS server on the same machine. It enrols as an instance of its own,
/// whose state is in the folder, and follows the feed: so it applies renewal windows, revocations and bundles as every
/// agent does, works with or without a running agent, and acknowledges a bundle when, and only when, the bundle is in the
/// file. It serves nothing and connects to no edge.
/// </summary>
internal sealed class CertificateFileRenewer : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryCommandAfter = TimeSpan.FromSeconds(30);

    private readonly CertificateFolder folder;
    private readonly ChangeCommand? command;
    private readonly CredentialManager<AgentFeed> credentials;
    private readonly ChallengeRegistry challenges;
    private readonly string url;
    private readonly string tunnelId;
    private readonly TimeProvider time;
    private readonly ILogger<CertificateFileRenewer> logger;
    private readonly Lock gate = new(); // one writer of the folder at a time
    private DateTimeOffset commandAt; // guarded by gate
    private string lastProblem = "";

    public CertificateFileRenewer(
        AgentSettings settings,
        CertificateFolder folder,
        ChangeCommand? command,
        TimeSpan feedWait,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        (this.folder, this.command, this.time) = (folder, command, time);
        logger = loggers.CreateLogger<CertificateFileRenewer>();
        url = settings.Identity.Url.AbsoluteUri.TrimEnd('/');
        tunnelId = settings.Tunnel.Id;
        credentials = CredentialManager.ForAgent(
            new CredentialManagerOptions
            {
                Identity = settings.Identity with
                {
                    // An identity token may be valid for one exchange: the renewer shares the cache of the agent on this
                    // machine.
                    TokenCache =
                        settings.Identity.TokenCache.Length > 0
                            ? settings.Identity.TokenCache
                            : Path.Combine(settings.StateDirectory, "tokens"),
                },
                ServerCertificates = true,
                ServerKeyType = settings.Certificates.KeyType,
                FeedWait = feedWait,
            },
            tunnelId,
            folder.State,
            () => [],
            loggers,
            time
        );
        // No CA connects to this program, yet an order waits for every agent of the tunnel (S25).
        challenges = new ChallengeRegistry(() => credentials.Machine, time, loggers.CreateLogger<ChallengeRegistry>());
        credentials.FeedChanged = (feed, _) =>
        {
            challenges.Apply(feed.AcmeChallenges);
            return OnChange();
        };
        credentials.ServerCertificateChanged = (_, _) => OnChange();
    }

    /// <summary>Returns the current problems, for callers that wait; empty when the files are current.</summary>
    public async Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var check in credentials.Checks)
        {
            if (await check.Evaluate(cancellationToken) is { } problem)
            {
                found.Add(problem);
            }
        }

        return [.. found, .. Stale()];
    }

    public Task RunAsync(CancellationToken cancellationToken) => RunUntilAsync(() => false, cancellationToken);

    /// <summary>Runs until the feed was requested after <paramref name="since"/> and nothing is due.</summary>
    public Task RunOnceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        RunUntilAsync(
            () =>
                credentials.LastContact >= since
                && !credentials.IsServerCertificateDue
                && Stale().Count == 0
                && (command is null || !folder.IsCommandOwed),
            cancellationToken
        );

    public void Dispose() => credentials.Dispose();

    private async Task RunUntilAsync(Func<bool> isDone, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = credentials.RunAsync(stop.Token);
        var answering = challenges.RunAsync(stop.Token);
        try
        {
            using var timer = new PeriodicTimer(CheckInterval, time);
            while (!isDone())
            {
                await timer.WaitForNextTickAsync(cancellationToken);
                TryApply();
                await TryCommandAsync(cancellationToken);
                if (following.IsFaulted)
                {
                    await following;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(following, answering)
                .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    // Exceptions are not caught: what could not be written must not be acknowledged, and the calling loop retries.
    private ValueTask OnChange()
    {
        Apply();
        return ValueTask.CompletedTask;
    }

    private void TryApply()
    {
        try
        {
            Apply();
            lastProblem = "";
        }
        catch (CertificateFolderException e)
        {
            LogProblem(e.Message);
        }
    }

    private void Apply()
    {
        lock (gate)
        {
            if (
                credentials
                    is not { ServerCertificate: { } pair, ServerCertificateDocument: { } issued, Feed: { } feed }
                || issued.Serial != pair.Serial
                || IsFiled(pair, feed)
                || !IsTrustedBy(feed, pair)
            )
            {
                return;
            }

            if (command is not null)
            {
                folder.OweCommand();
                commandAt = default;
            }

            var bundle = feed.Tunnel.TrustBundle;
            folder.Write(FiledCertificate.Create(url, tunnelId, issued, bundle.Epoch), pair, bundle.Pem);
            Log.FilesChanged(logger, folder.Path, pair.Serial, pair.NotAfter, bundle.Epoch);
        }
    }

    private bool IsFiled(KeyAndCertificate pair, AgentFeed feed) =>
        folder.Current is { } current
        && current.Serial == pair.Serial
        && current.BundleEpoch == feed.Tunnel.TrustBundle.Epoch
        && current.Url == url
        && current.TunnelId == tunnelId;

    // While the feed and the leaf do not agree, the files keep their content, which clients accept.
    private bool IsTrustedBy(AgentFeed feed, KeyAndCertificate pair) =>
        CertificatePem.TryRead(feed.Tunnel.TrustBundle.Pem, out var anchors)
        && TrustAnchors.VouchFor(anchors, pair, time.GetUtcNow());

    private async Task TryCommandAsync(CancellationToken cancellationToken)
    {
        FiledCertificate? written;
        lock (gate)
        {
            written = time.GetUtcNow() < commandAt ? null : folder.Current;
        }

        if (command is null || written is null || !folder.IsCommandOwed)
        {
            return;
        }

        if (await command.RunAsync(time, cancellationToken) is { } error)
        {
            lock (gate)
            {
                commandAt = time.GetUtcNow() + RetryCommandAfter;
            }

            Log.ChangeCommandFailed(logger, error);
            return;
        }

        lock (gate)
        {
            // The files may have changed after the command read them.
            if (folder.Current == written)
            {
                folder.CommandIsDone();
            }
        }
    }

    private List<string> Stale() =>
        credentials is { ServerCertificate: { } pair, Feed: { } feed } && IsFiled(pair, feed)
            ? []
            : [lastProblem.Length > 0 ? lastProblem : $"The files in {folder.Path} are not current yet."];

    private void LogProblem(string problem)
    {
        if (problem != lastProblem)
        {
            lastProblem = problem;
            Log.FilesNotWritten(logger, problem);
        }
    }
}
