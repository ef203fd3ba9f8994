using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Service;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Crawling;
using Log = Culvert.Tunnel.Agent.Telemetry.Log;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>
/// The routes of one version of the configuration file, with their issuers, upstreams and probes. A reload creates
/// another generation, which reuses the parts that did not change. The other parts of the old generation finish their
/// running requests and are then disposed.
/// </summary>
internal sealed class RouteGeneration : IAsyncDisposable
{
    /// <summary>
    /// How long streams may use parts that a reload has replaced. S10 has the same limit after a renewal.
    /// </summary>
    public static readonly TimeSpan LongestUse = TimeSpan.FromHours(24);

    private readonly RouteSet set;
    private readonly IReadOnlyList<PinWatch> watches;
    private readonly ServicePolicies policies;

    public RouteGeneration(AgentSettings settings, LastingParts lasting, RouteGeneration? before = null)
    {
        Settings = settings;
        Secrets = StaticSecrets.List(settings);
        foreach (var secret in Secrets)
        {
            lasting.Secrets.Follow(secret.Reference);
        }

        policies = lasting.Policies;
        var (time, loggers) = (lasting.Time, lasting.Loggers);
        var keys = new KeySetSource(new IssuerDocuments(time));
        Issuers =
        [
            .. settings.Issuers.Select(i =>
                before?.Issuers.FirstOrDefault(b => i.Origin.Length > 0 && b.Issuer.IsAs(i))
                ?? new IssuerKeyCache(
                    i,
                    keys,
                    time,
                    loggers.CreateLogger<IssuerKeyCache>(),
                    i.IsFed ? null : lasting.StoredKeys
                )
            ),
        ];
        set = RouteSet.Create(
            [.. settings.Routes.Select(WithPolicy)],
            Issuers,
            lasting.Upstreams.Create,
            time,
            before?.Routes,
            lasting.SessionKey,
            lasting.Pins,
            lasting.Live,
            lasting.Sources
        );
        Probes =
        [
            .. set.Routes.Select(r => new UpstreamProbe(
                r,
                time,
                loggers.CreateLogger<UpstreamProbe>(),
                before?.Probes.FirstOrDefault(p => p.Route.Upstream == r.Upstream)?.State
            )),
        ];
        watches =
        [
            .. set
                .Routes.Where(r => r.Policy.Pins is not null)
                .Select(r => new PinWatch(r, lasting.Pins, lasting.PinSigner, time)),
        ];
    }

    public AgentSettings Settings { get; }

    /// <summary>The static secrets of the configuration, outside of routes too.</summary>
    public IReadOnlyList<StaticSecret> Secrets { get; }

    public IReadOnlyList<IssuerKeyCache> Issuers { get; }

    public IReadOnlyList<Route> Routes => set.Routes;

    public IReadOnlyList<UpstreamProbe> Probes { get; }

    /// <summary>Returns the upstreams that the next generation does not reuse.</summary>
    public IEnumerable<Upstream> GetUpstreamsRemovedBy(RouteGeneration next) =>
        Routes.Select(r => r.Upstream).Except(next.Routes.Select(r => r.Upstream));

    /// <summary>
    /// Fetches keys, probes upstreams and verifies pins until cancelled. Throws earlier if one of these fails.
    /// </summary>
    /// <param name="changed">Called after each change of an upstream's health.</param>
    public async Task RunAsync(Action changed, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> running =
        [
            .. Issuers.Select(i => i.RunAsync(both.Token)),
            .. Probes.Select(p => p.RunAsync(() => NoteChange(p, changed), both.Token)),
            .. watches.Select(w => w.RunAsync(both.Token)),
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, both.Token),
        ];
        try
        {
            // A task may complete early without an error: the one of a route whose upstream is not probed.
            while (running.Count > 0)
            {
                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                await ended;
            }
        }
        finally
        {
            await both.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private RouteSettings WithPolicy(RouteSettings route) =>
        route.Policy.IsFromService ? route with { Policy = policies.Resolve(route.Name, route.Oauth) } : route;

    // A server that answers again may be a new version, with other definitions than the pinned ones.
    private static void NoteChange(UpstreamProbe probe, Action changed)
    {
        probe.Route.Policy.Pins?.RequestVerification();
        changed();
    }

    /// <summary>Logs the routes whose settings switch off a check of callers or of upstream addresses.</summary>
    public void Announce(ILogger log)
    {
        foreach (var route in Routes)
        {
            if (route.Access.Oauth.Mode == OauthMode.DangerousNone)
            {
                Log.DangerousOpenRoute(log, route.Name);
            }
            else if (route.Access.IsPassthrough)
            {
                Log.PassthroughRoute(log, route.Name);
            }

            if (route.Upstream.Settings is HttpUpstreamSettings { DangerousAllowAnyAddress: true })
            {
                Log.DangerousAnyAddress(log, route.Name);
            }
        }
    }

    /// <summary>Returns the routes as the agent reports them to the service.</summary>
    /// <param name="hostnames">The active custom hostnames of the tunnel.</param>
    /// <param name="authority">The public CA's name in CAA records and the URL of the account; null if unknown.</param>
    public AgentReportRoute[] Report(
        string domain,
        IReadOnlyCollection<string> hostnames,
        (string? Issuer, string? Account) authority
    )
    {
        var room = Pins.DriftReport.MaxReported;
        return
        [
            .. Probes.Select(p => new AgentReportRoute(
                Name: p.Route.Name,
                Hostname: p.Route.HostnameUnder(domain),
                UpstreamHealthy: p.State.IsHealthy,
                Detail: p.State.Detail,
                Oauth: OauthText.ToText(p.Route.Access.Oauth.Mode),
                Public: p.Route.IsPublic
                    ? new AgentReportPublic(
                        Names: [.. p.Route.NamesUnder(domain, hostnames)],
                        Issuer: authority.Issuer,
                        Account: authority.Account
                    )
                    : null,
                Policy: p.Route.Policy.Mode == PolicyMode.Off ? "off" : p.Route.Policy.Version,
                ServicePolicy: p.Route.Policy.Settings.IsFromService
                    ? policies.Describe(p.Route.Name, p.Route.Policy.Settings)
                    : null,
                Drifts: p.Route.Policy.Pins is { } pins ? Pins.DriftReport.List(pins, ref room) : null
            )),
        ];
    }

    /// <summary>Returns the static secrets as the agent reports them to the service.</summary>
    public AgentReportSecret[] ReportSecrets() =>
        [
            .. Secrets
                .Take(AgentReportSecret.MaxPerReport)
                .Select(secret => new AgentReportSecret(
                    Setting: Shorten(secret.Setting),
                    Kind: secret.Kind,
                    Source: secret.Reference.FilePath is null ? AgentReportSecret.Environment : AgentReportSecret.File,
                    WrittenAt: secret.Reference.FindWriteTime()?.UtcDateTime,
                    LastUsedAt: secret.Reference.LastUsedAt?.UtcDateTime
                )),
        ];

    private static string Shorten(string setting) =>
        setting.Length <= AgentReportSecret.MaxTextLength ? setting : setting[..AgentReportSecret.MaxTextLength];

    public ValueTask DisposeAsync() => set.DisposeAsync();
}
