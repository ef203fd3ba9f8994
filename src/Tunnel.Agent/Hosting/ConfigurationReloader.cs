using System.Threading.Channels;
using Culvert.Machine.Client.Reloading;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>Applies changes of the configuration file while the agent runs.</summary>
internal sealed class ConfigurationReloader(AgentComponents parts, FeedApplier feed, ILogger logger)
{
    // Null: the settings stay, and the feed has changed policies of the routes.
    private readonly Channel<AgentSettings?> changes = Channel.CreateBounded<AgentSettings?>(1);

    /// <summary>Applies the shared sections, then queues the rest for <see cref="RunGenerationsAsync"/>.</summary>
    public async ValueTask ApplyAsync(AgentSettings next, SharedSections sections, CancellationToken cancellationToken)
    {
        await sections.UseAsync(next.Identity, next.Health, next.Log, next.Telemetry, cancellationToken);
        await changes.Writer.WriteAsync(next, cancellationToken);
    }

    /// <summary>Queues a change of the feed's policies for the present routes.</summary>
    public ValueTask ApplyPoliciesAsync(CancellationToken cancellationToken) =>
        changes.Writer.WriteAsync(null, cancellationToken);

    // The only place where one set of routes replaces another. Requests in progress keep the set that they started with.
    public async Task RunGenerationsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var replaced = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var current = parts.Generation;
            var running = current.RunAsync(parts.Credentials.RequestReport, replaced.Token);
            var change = changes.Reader.ReadAsync(replaced.Token).AsTask();
            if (await Task.WhenAny(running, change) == running)
            {
                await replaced.CancelAsync();
                await running;
            }

            var next = new RouteGeneration(await change ?? current.Settings, parts.Lasting, current);
            feed.Replace(next, ApplySettings);
            Announce();
            parts.Credentials.RequestReport();
            await replaced.CancelAsync();
            await BackgroundTasks.WaitForEndAsync([running]);
            foreach (var upstream in current.GetUpstreamsRemovedBy(next))
            {
                parts.Retiring.Add(upstream);
            }
        }
    }

    public void Announce()
    {
        if (parts.Generation.Settings.Acme.DangerousAllowUnbound)
        {
            Log.DangerousUnboundAcme(logger);
        }

        parts.Generation.Announce(logger);
    }

    // Settings outside of the routes that can change while the agent runs.
    private void ApplySettings(AgentSettings next)
    {
        parts.Trail.Apply(next.Audit);
        parts.Exporter.Use(next.Audit.Collector);
        parts.Server.Use(AgentComponents.ToServerOptions(next.Tunnel));
        parts.Fleet.Use(parts.ToFleetOptions(next.Tunnel, parts.Fleet.Options.InstanceId));
        ApplyCertificates(next.Certificates);
        parts.IssuedLeaves.Use(next.Certificates.Protocols);
        parts.IssuedLeaves.Retain(next.IssuedDomains);
        parts.Credentials.UseDomainCertificates(next.IssuedDomains, next.Certificates.KeyType);
        parts.PublicCertificates.Use(next.Acme, next.Certificates.KeyType);
        parts.LongPolls.Use(next.LongPolls);
        parts.Connectors.Use(next.Connectors);
    }

    // The certificate in service stays until the new source has one.
    private void ApplyCertificates(CertificateSettings next)
    {
        parts.Leaves.Use(next.Protocols);
        parts.PublicLeaves.Use(next.Protocols);
        parts.LeafFiles.Use(next.CertificateFile, next.KeyFile);
        parts.LeafFiles.Reload(parts.Leaves);
        parts.Credentials.UseServerCertificates(next.FromFiles ? null : next.KeyType);
    }
}
